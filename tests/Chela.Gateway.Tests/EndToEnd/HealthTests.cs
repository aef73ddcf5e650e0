using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Channels.Telegram;
using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The real executable while much of what it depends on is out of order: it says what and why, and serves as long as it can.</summary>
[Trait("Requirement", "K7")]
public sealed class HealthTests(HealthTests.Fixture fixture) : IClassFixture<HealthTests.Fixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private GatewayProcess Gateway => fixture.Gateway;

    [Fact]
    [Trait("Requirement", "A4")]
    public async Task What_is_out_of_order_is_told_with_its_reason_to_those_who_may_read_and_keeps_nobody_away()
    {
        await using var client = await Gateway.OpenOpenClawAsync();
        JsonElement health = default;

        await Patience.UntilAsync(
            async _ =>
            {
                health = (await client.CallAsync("health", new JsonObject { ["probe"] = true })).GetProperty("payload");
                return health.Text("parts/channels/state") == "down" && health.Text("parts/models/state") == "down" && health.Text("parts/mcp/state") == "down";
            },
            "all that is out of order is known");

        Assert.Equal("degraded", health.Text("state"));
        Assert.Equal("telegram/default is terminal-disconnect: Telegram does not know the bot token.", health.Text("parts/channels/reason"));
        Assert.StartsWith("openai refuses the key (", health.Text("parts/models/reason"), StringComparison.Ordinal);
        Assert.StartsWith("gone: ", health.Text("parts/mcp/reason"), StringComparison.Ordinal);
        Assert.Equal(("ok", "ok", "0"), (health.Text("parts/storage/state"), health.Text("parts/loops/state"), health.Text("nodes/known")));
        Assert.Equal((200, 200, 200), (await Gateway.ProbeAsync("/readyz"), await Gateway.ProbeAsync("/startupz"), await Gateway.ProbeAsync("/healthz")));

        var status = await ChelaProcess.RunAsync(["gateway", "status", "--state-dir", Gateway.StateDirectory]);
        Assert.Contains("health    degraded\n          channels is down: telegram/default is terminal-disconnect", status.Output, StringComparison.Ordinal);

        var told = JsonElement.Parse(await BodyAsync("/health"));
        Assert.Equal(["ok", "status", "version", "uptimeMs", "state"], told.EnumerateObject().Select(member => member.Name));
        Assert.Equal("degraded", told.Text("state"));
        await using var stranger = await Gateway.OpenSilentJsonRpcAsync();
        var little = (await stranger.CallRpcAsync("health", new JsonObject { ["probe"] = true })).GetProperty("result");
        Assert.Equal(["ok", "ts", "durationMs", "version", "uptimeMs", "state"], little.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written_makes_it_down_and_not_ready_until_it_can_and_clients_of_both_dialects_hear_of_it()
    {
        await using var openClaw = await Gateway.OpenOpenClawAsync();
        await using var jsonRpc = await Gateway.OpenJsonRpcAsync();
        var place = Path.Combine(Gateway.StateDirectory, "health.tmp");

        Directory.CreateDirectory(place); // nothing can be written where a folder stands
        await LookUntilAsync(jsonRpc, "down");
        var change = await jsonRpc.ReceiveAsync(frame => frame.Text("params/part") == "storage");
        var picture = await openClaw.ReceiveAsync(frame => frame.Text("event") == "health" && frame.Text("payload/parts/storage/state") == "down");
        var probes = (await Gateway.ProbeAsync("/readyz"), await Gateway.ProbeAsync("/healthz"));
        var body = await BodyAsync("/readyz");
        Directory.Delete(place);
        await LookUntilAsync(jsonRpc, "ok");
        var back = await jsonRpc.ReceiveAsync(frame => frame.Text("params/part") == "storage");

        Assert.Equal(("health_changed", "down", "ok", "down"), (change.Text("params/type"), change.Text("params/state"), change.Text("params/previous"), change.Text("params/gateway")));
        Assert.Contains(Gateway.StateDirectory, change.Text("params/reason"), StringComparison.Ordinal);
        Assert.Equal(("down", change.Text("params/reason")), (picture.Text("payload/state"), picture.Text("payload/parts/storage/reason")));
        Assert.Equal((503, 200), probes);
        Assert.Equal("""{"ready":false,"failing":["storage"]}""", body);
        Assert.Equal(("ok", "down", 200), (back.Text("params/state"), back.Text("params/previous"), await Gateway.ProbeAsync("/readyz")));
        using var patience = Patience.Begin();
        await Gateway.Output.LineAsync(line => line.Contains("Health: storage is down: ", StringComparison.Ordinal), patience.Token);
        await Gateway.Output.LineAsync(line => line.Contains("Health: storage is well again", StringComparison.Ordinal), patience.Token);
    }

    /// <summary>Has it look until the disk is found to be so.</summary>
    private static Task LookUntilAsync(WireClient client, string state) => Patience.UntilAsync(
        async _ => (await client.CallRpcAsync("health", new JsonObject { ["probe"] = true })).Text("result/parts/storage/state") == state, $"the disk is {state}");

    private async Task<string> BodyAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = Gateway.HttpUrl };
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Ct);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    /// <summary>A gateway whose bot token, key and MCP server are refused.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();
        private FakeTelegram _telegram = null!;
        private FakeOpenAi _provider = null!;

        internal GatewayProcess Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _telegram = await FakeTelegram.StartAsync();
            _provider = await FakeOpenAi.StartAsync(Ct);
            _provider.List = () => Task.FromResult(401);
            var servers = new JsonObject { ["gone"] = new JsonObject { ["url"] = $"{_provider.Address}/no-mcp" } };
            var more = new JsonObject { ["mcp"] = new JsonObject { ["servers"] = servers } };
            var start = _telegram.StartIn(_folder, """{ "botToken": "7000000001:AAE-a_token_of_another_time" }""", more.ToJsonString());
            Gateway = await GatewayProcess.StartAsync(start with
            {
                Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", _provider.BaseUrl), ("CHELA_MODEL", "openai/fake-1")],
            });
        }

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await _provider.DisposeAsync();
            await _telegram.DisposeAsync();
            _folder.Dispose();
        }
    }
}
