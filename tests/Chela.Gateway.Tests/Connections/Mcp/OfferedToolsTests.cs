using System.Net;
using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Gateway.Connections.Mcp;
using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Connections.Mcp;

[Trait("Requirement", "G3")]
public sealed class OfferedToolsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_tool_is_a_method_that_says_what_it_does_and_none_is_for_administrators()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);

        Assert.All(parts.Get<OfferedTools>().All, tool =>
        {
            Assert.NotEmpty(tool.Method.Summary);
            Assert.Equal("object", tool.Method.Parameters.Schema.Text("type"));
            Assert.True((tool.Method.Scope & ~(OperatorScopes.Read | OperatorScopes.Write)) == OperatorScopes.None, tool.Name);
        });
    }

    [Fact]
    [Trait("Requirement", "A2")]
    public async Task Who_may_only_look_is_offered_what_looks_and_refused_the_rest()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);
        var tools = parts.Get<OfferedTools>();
        var reader = CallerWith(OperatorScopes.Read);

        var offered = tools.For(reader).ToList();
        var refused = await tools.CallAsync(tools.Find("chat_send")!, Arguments("text", "hello"), Context(reader), Ct);

        Assert.All(offered, tool => Assert.True(tool.IsReadOnly));
        Assert.Equal(["chat_abort", "chat_send"], tools.All.Except(offered).Select(tool => tool.Name));
        Assert.Equal(["health"], tools.For(CallerWith(OperatorScopes.None)).Select(tool => tool.Name));
        Assert.Equal(new ToolAnswer("missing scope: operator.write", IsError: true), refused);
    }

    [Fact]
    public async Task A_tool_that_takes_too_long_says_so()
    {
        var time = new ManualTimeProvider();
        var gate = new CallGate(new CallLimits(() => new CallLimitSettings(0, 0), time));
        using var meter = new GatewayMeter();
        var registry = new MethodRegistry([new EndlessMethods()]);
        var tools = new OfferedTools(registry, new Dispatcher(registry, gate, new AuditRecorder(), meter, time, NullLogger<Dispatcher>.Instance), time);

        var call = tools.CallAsync(tools.Find("health")!, [], Context(CallerWith(OperatorScopes.Read)), Ct);
        time.Advance(OfferedTools.Limit);

        var answer = await call;
        Assert.True(answer.IsError);
        Assert.StartsWith("health took longer than 5 minutes.", answer.Text, StringComparison.Ordinal);
    }

    private static Caller CallerWith(OperatorScopes scopes) => new("connection 1", CallerRole.Operator, scopes, "trial");

    private static CallContext Context(Caller caller) => new("chat.send", caller, new NoConnection(IPAddress.Loopback));

    private static IEnumerable<KeyValuePair<string, JsonElement>> Arguments(string name, string value) =>
        [new(name, JsonElement.Parse($"\"{value}\""))];

    /// <summary>Methods that end with the call alone.</summary>
    private sealed class EndlessMethods : IMethodModule
    {
        public void Map(MethodMap methods)
        {
            foreach (var name in OfferedTools.MethodNames)
            {
                methods.Add(MethodMap.Method<SchemaParams, SchemaResult>(
                    name, OperatorScopes.Read, RpcJson.Default.SchemaParams, RpcJson.Default.SchemaResult, WaitAsync));
            }
        }

        private static async ValueTask<SchemaResult> WaitAsync(SchemaParams parameters, CallContext context, CancellationToken ct)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return new SchemaResult([]);
        }
    }
}
