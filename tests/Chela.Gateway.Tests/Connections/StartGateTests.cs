using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.OpenClaw;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Tests.Connections;

/// <summary>Who connects while the gateway starts or stops is told to come again.</summary>
[Trait("Requirement", "W5")]
[Trait("Requirement", "K9")]
public sealed class StartGateTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("Starting", "gateway starting", "500", "startup-sidecars", "operator")]
    [InlineData("Starting", "gateway starting", "500", "startup-sidecars", "node")]
    [InlineData("Stopping", "gateway stopping", "1000", "gateway-restarting", "operator")]
    public async Task A_connect_is_answered_with_when_to_come_again(string phase, string words, string retryAfterMs, string reason, string role)
    {
        var (answer, close) = await ConnectAsync(phase, connect => connect["role"] = role);

        Assert.Equal(("UNAVAILABLE", $"{words}; retry shortly"), (answer.Text("error/code"), answer.Text("error/message")));
        Assert.Equal(("true", retryAfterMs), (answer.Text("error/retryable"), answer.Text("error/retryAfterMs")));
        Assert.Equal(reason, answer.Text("error/details/reason"));
        Assert.Equal(new WireClose(1013, words), close);
    }

    /// <summary>The shape of a connect is looked at before; what it says, after (02-handshake § 5).</summary>
    [Theory]
    [InlineData("health", null, "invalid handshake: first request must be connect", 1008)]
    [InlineData("connect", "mode", "invalid connect params: at /client/mode", 1008)]
    [InlineData("connect", "role", "gateway starting", 1013)]
    [InlineData("connect", "range", "gateway starting", 1013)]
    public async Task The_first_fault_is_the_one_that_is_told(string method, string? fault, string said, int code)
    {
        var (answer, close) = await ConnectAsync("Starting", Spoil, method);

        Assert.StartsWith(said, answer.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal(code, close.Code);

        void Spoil(JsonObject connect)
        {
            connect["role"] = fault == "role" ? "king" : "operator";
            connect["maxProtocol"] = fault == "range" ? 3 : 4;
            connect["minProtocol"] = fault == "range" ? 4 : 3;
            connect["client"]!["mode"] = fault == "mode" ? "nothing" : "backend";
        }
    }

    private async Task<(JsonElement Answer, WireClose Close)> ConnectAsync(string phase, Action<JsonObject> change, string method = "connect")
    {
        await using var parts = await GatewayParts.StartAsync(_home, phase: Enum.Parse<LifecyclePhase>(phase));
        using var pair = new SocketPair();
        var table = parts.Get<ConnectionTable>();
        var limits = new GatewayLimitsConfig();
        table.TryEnter(IPAddress.Loopback, limits);
        using var connection = new Connection(pair.Server, new OpenClawDialect(), IPAddress.Loopback, limits, table.Gate, TimeProvider.System);
        var source = new RequestSource(IPAddress.Loopback, IPAddress.Loopback, new HostString("localhost")) { IsLocal = true };
        var connect = OpenClawWire.ConnectParams(GatewayParts.Token);
        change(connect);
        await pair.SendAsync(OpenClawWire.Request("c", method, connect));

        var served = parts.Get<Lazy<Pump>>().Value.RunAsync(connection, new LoginRequest(source, new HeaderDictionary(), null, null));
        var (messages, close) = await pair.ReceiveAllAsync();
        await pair.Client.CloseOutputAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await served;
        return (JsonElement.Parse(messages[^1]), close);
    }
}
