using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Rpc;

[Trait("Requirement", "A2")]
public sealed class ScopeTests
{
    private static readonly ManualTimeProvider Clock = new();

    [Theory]
    [InlineData(OperatorScopes.None, OperatorScopes.None, true)]
    [InlineData(OperatorScopes.None, OperatorScopes.Read, false)]
    [InlineData(OperatorScopes.Read, OperatorScopes.Read, true)]
    [InlineData(OperatorScopes.Read, OperatorScopes.SessionsRead, true)]
    [InlineData(OperatorScopes.Read, OperatorScopes.Write, false)]
    [InlineData(OperatorScopes.Write, OperatorScopes.Read, true)]
    [InlineData(OperatorScopes.Write, OperatorScopes.Talk, true)]
    [InlineData(OperatorScopes.Write, OperatorScopes.SessionsWrite, true)]
    [InlineData(OperatorScopes.Write, OperatorScopes.Pairing, false)]
    [InlineData(OperatorScopes.Write, OperatorScopes.Admin, false)]
    [InlineData(OperatorScopes.SessionsWrite, OperatorScopes.SessionsRead, true)]
    [InlineData(OperatorScopes.SessionsRead, OperatorScopes.Read, false)]
    [InlineData(OperatorScopes.Talk, OperatorScopes.TalkSecrets, false)]
    [InlineData(OperatorScopes.Admin, OperatorScopes.TalkSecrets, true)]
    [InlineData(OperatorScopes.Admin, OperatorScopes.Admin, true)]
    [InlineData(OperatorScopes.Read | OperatorScopes.Write | OperatorScopes.Approvals, OperatorScopes.Admin, false)]
    public async Task A_caller_may_call_what_its_scopes_include(OperatorScopes granted, OperatorScopes needed, bool may)
    {
        var outcome = await CallAsync(ProbeMethods.Operator(granted), ProbeMethods.Saying("m", "yes", needed));

        Assert.Equal(may, outcome.Error is null);
    }

    [Fact]
    public async Task A_refusal_names_the_scope_for_people_and_for_programs()
    {
        var outcome = await CallAsync(ProbeMethods.Operator(OperatorScopes.Read), ProbeMethods.Saying("m", "yes", OperatorScopes.Pairing));

        Assert.Equal((RpcErrorKind.Forbidden, "missing scope: operator.pairing"), (outcome.Error?.Kind, outcome.Error?.Message));
        Assert.Equal(
            """{"code":"MISSING_SCOPE","missingScope":"operator.pairing","requiredScopes":["operator.pairing"]}""",
            outcome.Error?.Details?.GetRawText());
    }

    [Fact]
    public async Task An_unknown_method_is_told_only_to_administrators()
    {
        var admin = await CallAsync(ProbeMethods.Operator(OperatorScopes.Admin), ProbeMethods.Saying("m", "yes"), "no.such.method");
        var reader = await CallAsync(ProbeMethods.Operator(OperatorScopes.Read), ProbeMethods.Saying("m", "yes"), "no.such.method");

        Assert.Equal(new RpcError(RpcErrorKind.UnknownMethod, "unknown method: no.such.method"), admin.Error);
        Assert.Equal((RpcErrorKind.Forbidden, "missing scope: operator.admin"), (reader.Error?.Kind, reader.Error?.Message));
    }

    [Fact]
    [Trait("Requirement", "A1")]
    public async Task Before_its_login_a_caller_may_call_the_public_methods_and_no_other()
    {
        var anonymous = Caller.Anonymous("c1");
        var open = ProbeMethods.Saying("open", "yes", OperatorScopes.None) with { IsPublic = true };

        var allowed = await CallAsync(anonymous, open);
        var withoutScope = await CallAsync(anonymous, ProbeMethods.Saying("m", "yes", OperatorScopes.None));
        var unknown = await CallAsync(anonymous, open, "no.such.method");

        Assert.Null(allowed.Error);
        Assert.All([withoutScope, unknown], outcome => Assert.Equal(
            new RpcError(RpcErrorKind.Unauthenticated, "not authenticated: show the gateway token first"), outcome.Error));
    }

    [Fact]
    public async Task A_node_may_not_call_what_operators_call_whatever_its_scopes()
    {
        var node = new Caller("c1", CallerRole.Node, OperatorScopes.Admin, "node-host");

        var outcome = await CallAsync(node, ProbeMethods.Saying("m", "yes", OperatorScopes.None));

        Assert.Equal(new RpcError(RpcErrorKind.InvalidRequest, "unauthorized role: node"), outcome.Error);
    }

    [Fact]
    public async Task A_caller_without_the_scope_learns_nothing_of_the_parameters()
    {
        var outcome = await CallAsync(ProbeMethods.Operator(OperatorScopes.None), ProbeMethods.Saying("m", "yes"), "m", """{"wrong":1}""");

        Assert.Equal(RpcErrorKind.Forbidden, outcome.Error?.Kind);
    }

    private static async Task<Outcome> CallAsync(Caller caller, RpcMethod method, string? name = null, string parameters = "{}") =>
        await ProbeMethods.Dispatcher(Clock, method).InvokeAsync(
            Dialect.OpenClaw,
            System.Text.Encoding.UTF8.GetBytes(parameters),
            ProbeMethods.Call(name ?? method.Name, caller),
            TestContext.Current.CancellationToken);
}
