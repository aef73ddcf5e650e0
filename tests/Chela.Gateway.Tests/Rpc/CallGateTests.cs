using System.Net;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Rpc;

/// <summary>The order of the checks before a call: role, scope, how often, and only then whether there is such a method.</summary>
[Trait("Requirement", "A2")]
public sealed class CallGateTests
{
    /// <summary>The methods that OpenClaw counts as changes of the gateway, as far as they may come to be here, and those of ours.</summary>
    private static readonly string[] Writes =
    [
        "config.apply", "config.patch", "cron.add", "cron.remove", "cron.run", "cron.update", "gateway.restart.request", "models.authLogin",
        "config.override.clear", "config.override.set", "gateway.stop",
        "models.authLogout", "models.authOrderSet", "models.authSetApiKey", "plugins.install", "plugins.refresh", "plugins.reload",
        "plugins.setEnabled", "plugins.uninstall", "secrets.store.delete", "secrets.store.set", "update.run",
    ];

    private static readonly string[] Chats = ["chat.send", "chat.send_stream", "agent", "agent.run", "sessions.create", "sessions.send", "sessions.compact", "Chat"];

    private readonly CallGate _gate = new(new CallLimits(() => new CallLimitSettings(1, 0), new ManualTimeProvider()));
    private readonly ListeningConnection _connection = new();

    [Fact]
    public void A_method_of_the_other_role_is_refused_before_its_scope_is_looked_at()
    {
        var ofNodes = ProbeMethods.Saying("node.event", "yes");
        var open = ProbeMethods.Saying("health", "yes") with { IsPublic = true };

        Assert.Equal("unauthorized role: operator", Refusal(CallerRole.Operator, ofNodes, OperatorScopes.None)?.Message);
        Assert.Equal("unauthorized role: node", Refusal(CallerRole.Node, ProbeMethods.Saying("status", "yes"))?.Message);
        Assert.Equal("unauthorized role: node", Refusal(CallerRole.Node, null)?.Message);
        Assert.Null(Refusal(CallerRole.Node, ofNodes, OperatorScopes.None));
        Assert.Null(Refusal(CallerRole.Node, open));
        Assert.Null(Refusal(CallerRole.Operator, open));
    }

    [Fact]
    public void A_method_that_only_the_protocol_has_takes_the_scope_that_it_has_there()
    {
        Assert.Null(Refusal(CallerRole.Operator, null, OperatorScopes.Read, "cron.list"));
        Assert.Equal("missing scope: operator.read", Refusal(CallerRole.Operator, null, OperatorScopes.None, "cron.list")?.Message);
        Assert.Equal("missing scope: operator.admin", Refusal(CallerRole.Operator, null, OperatorScopes.Write, "cron.add")?.Message);
        Assert.Equal("missing scope: operator.admin", Refusal(CallerRole.Operator, null, OperatorScopes.Write)?.Message);
    }

    [Fact]
    public void The_scope_is_looked_at_before_calls_are_counted()
    {
        var chat = ProbeMethods.Saying("chat.send", "yes", OperatorScopes.Write) with { Cost = CallCost.Chat };
        for (var call = 0; call < 5; call++)
        {
            Assert.Equal(RpcErrorKind.Forbidden, Refusal(CallerRole.Operator, chat, OperatorScopes.Read)?.Kind);
        }

        Assert.Null(Refusal(CallerRole.Operator, chat));
        Assert.Equal(RpcErrorKind.TooMany, Refusal(CallerRole.Operator, chat)?.Kind);
    }

    [Fact]
    [Trait("Requirement", "W5")]
    public void A_connection_that_keeps_calling_methods_of_the_other_role_is_closed_after_the_answer()
    {
        for (var call = 0; call < 10; call++)
        {
            Assert.NotNull(Refusal(CallerRole.Node, null));
        }

        Assert.Null(_connection.Closed);
        Assert.NotNull(Refusal(CallerRole.Node, null));
        Assert.Equal((1008, "repeated unauthorized calls"), _connection.Closed);
    }

    [Fact]
    [Trait("Requirement", "W5")]
    public void Methods_of_nodes_are_known_by_name_even_where_they_are_missing()
    {
        for (var call = 0; call < 10; call++)
        {
            Assert.Null(Refusal(CallerRole.Node, null, name: "node.skills.update"));
            Assert.Equal("unauthorized role: operator", Refusal(CallerRole.Operator, null, name: "skills.bins")?.Message);
        }

        Assert.Null(_connection.Closed);
        Assert.NotNull(Refusal(CallerRole.Operator, null, name: "node.invoke.result"));
        Assert.Equal((1008, "repeated unauthorized calls"), _connection.Closed);
    }

    [Fact]
    public void Missing_scopes_do_not_count_towards_that()
    {
        for (var call = 0; call < 100; call++)
        {
            Assert.NotNull(Refusal(CallerRole.Operator, ProbeMethods.Saying("m", "yes"), OperatorScopes.None));
        }

        Assert.Null(_connection.Closed);
    }

    [Fact]
    [Trait("Requirement", "A6")]
    public async Task Every_method_of_the_gateway_is_counted_as_its_kind()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);

        var costs = parts.Get<MethodRegistry>().All().ToLookup(entry => entry.Method.Name, entry => entry.Method.Cost);

        Assert.Contains("chat.send", costs.Select(method => method.Key));
        Assert.All(costs, method => Assert.All(method, cost => Assert.Equal(
            Chats.Contains(method.Key) ? CallCost.Chat : Writes.Contains(method.Key) ? CallCost.ControlPlaneWrite : CallCost.Free, cost)));
    }

    private RpcError? Refusal(CallerRole role, RpcMethod? method, OperatorScopes scopes = OperatorScopes.Admin, string name = "no.such.method")
    {
        var call = new CallContext(method?.Name ?? name, new Caller("c1", role, scopes, "cli"), _connection);
        var refusal = _gate.Refusal(call, method);
        call.Answered();
        return refusal;
    }

    private sealed class ListeningConnection : ICallerConnection
    {
        public (int Code, string Reason)? Closed { get; private set; }

        public CallMeter Meter { get; } = new(IPAddress.Loopback);

        public bool Follow(SessionKey session) => false;

        public void Unfollow(SessionKey session)
        {
        }

        public void Subscribe(string topic)
        {
        }

        public void Unsubscribe(string topic)
        {
        }

        public void LogIn(Caller caller)
        {
        }

        public void Close(int code, string reason) => Closed = (code, reason);
    }
}
