using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The gateway restarts within its process: by a method, and for settings that cannot be in force otherwise.</summary>
[Trait("Requirement", "K3")]
[Trait("Requirement", "K9")]
public sealed class RestartTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private GatewayProcess? _gateway;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private GatewayProcess Gateway => _gateway!;

    private string ConfigFile => Path.Combine(_folder.Path, "state", "chela.json");

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Clients_hear_of_a_restart_and_find_the_same_port_and_their_sessions_again()
    {
        await using var client = await StartAsync("{}");
        await using var plain = await Gateway.OpenJsonRpcAsync();
        await client.SendChatAsync("main", "before", "before the restart");
        await client.ChatEndAsync("before");

        var asked = await client.CallAsync("gateway.restart", new JsonObject { ["reason"] = "a trial" });

        var shutdown = await client.ReceiveAsync(frame => frame.Text("event") == "shutdown");
        Assert.Equal(("scheduled", "true"), (asked.Text("payload/status"), asked.Text("payload/preflight/safe")));
        Assert.Equal("gateway restarting", shutdown.Text("payload/reason"));
        Assert.True(shutdown.GetProperty("payload").GetProperty("restartExpectedMs").GetInt32() > 0);
        Assert.Equal((1012, "service restart"), await client.ClosedAsync());
        Assert.Equal(1001, (await plain.ClosedAsync()).Code);
        await using var again = await ComeBackAsync();
        Assert.Equal("user: before the restart", OpenClawWire.Line((await again.HistoryAsync("main"))[0]));
        await SaidAsync("gateway.restart by gateway-client: a trial");
    }

    [Fact]
    public async Task A_setting_that_needs_it_restarts_the_gateway_once_what_runs_has_ended()
    {
        await using var client = await StartAsync("{}");
        await client.SendChatAsync("main", "run", "/slow 300 this comes to its end before the restart");
        await client.ChatAsync("run", "delta");

        await WriteAsync("""{"gateway":{"events":{"replayMs":1000}}}""");
        await Patience.UntilAsync(async _ => (await client.CallAsync("config.status")).List("payload/restartNeeded").Count == 1, "the change is seen");
        var waits = await client.CallAsync("gateway.restart.preflight");
        var end = await client.ChatEndAsync("run");
        await client.ClosedAsync();

        Assert.Equal(("false", "1"), (waits.Text("payload/safe"), waits.Text("payload/counts/totalActive")));
        Assert.Equal("this comes to its end before the restart", end.Text("message/content/0/text"));
        await using var again = await ComeBackAsync();
        Assert.Equal("1000", (await again.CallAsync("config.get")).Text("payload/config/gateway/events/replayMs"));
        Assert.Empty((await again.CallAsync("config.status")).List("payload/restartNeeded"));
    }

    [Fact]
    public async Task Who_changed_the_setting_is_told_in_the_session_and_the_next_restart_waits_for_its_time()
    {
        await using var client = await StartAsync("{}");
        await client.SendChatAsync("main", "first", "Hello");
        await client.ChatEndAsync("first");
        var patch = new JsonObject
        {
            ["raw"] = """{"gateway":{"events":{"replayMs":2000}}}""",
            ["baseHash"] = (await client.CallAsync("config.get")).Text("payload/hash"),
            ["sessionKey"] = "main",
            ["note"] = "The events are kept for two seconds now.",
            ["restartDelayMs"] = 0,
        };

        var patched = await client.CallAsync("config.patch", patch);
        await client.ClosedAsync();
        await using var again = await ComeBackAsync();

        Assert.Equal(("true", "0"), (patched.Text("payload/restart/scheduled"), patched.Text("payload/restart/delayMs")));
        await Patience.UntilAsync(
            async _ => (await again.HistoryAsync("main")).Select(OpenClawWire.Line).LastOrDefault()?.EndsWith("for two seconds now.", StringComparison.Ordinal) == true,
            "the session is told");
        var soon = await again.CallAsync("gateway.restart");
        Assert.InRange(soon.GetProperty("payload").GetProperty("restart").GetProperty("delayMs").GetInt64(), 1, 30_000);
        var asWell = await again.CallAsync("gateway.restart");
        Assert.Equal("coalesced", asWell.Text("payload/status"));
    }

    [Fact]
    public async Task A_restart_that_cannot_be_leaves_the_gateway_as_it_was()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var client = await StartAsync("{}");

        await WriteAsync($$$"""{"gateway":{"listeners":[{"port":{{{port}}}}],"tickIntervalMs":20000}}""");
        await client.ClosedAsync();
        await using var again = await ComeBackAsync();

        Assert.Empty((await again.CallAsync("config.get")).List("payload/config/gateway/listeners"));
        await Patience.UntilAsync(async _ => (await again.CallAsync("config.status")).List("payload/restartNeeded").Count > 0, "the change still waits");
        await SaidAsync($"goes on with the configuration that was in force before, because it does not start with the one in the file: port {port}");
        Assert.Equal(200, await Gateway.ProbeAsync("/readyz"));
    }

    [Fact]
    public async Task A_file_with_which_it_would_not_start_restarts_nothing()
    {
        await using var client = await StartAsync("{}");

        await WriteAsync("""{"gateway":{"prot":1}}""");
        var refused = await client.CallAsync("gateway.restart");

        Assert.Equal("false", refused.Text("ok"));
        Assert.Contains("gateway.prot", refused.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal("true", (await client.CallAsync("health")).Text("payload/ok"));
    }

    [Fact]
    public async Task A_new_listener_is_opened_and_the_others_stay_open()
    {
        await using var client = await StartAsync("{}");
        var port = FreePort();

        await WriteAsync($$$"""{"gateway":{"listeners":[{"port":{{{port}}},"dialect":"json-rpc"}]}}""");
        await client.ClosedAsync();
        await using var again = await ComeBackAsync();

        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"http://127.0.0.1:{port}/healthz"), Ct)).StatusCode);
    }

    [Fact]
    [Trait("Requirement", "O5")]
    public async Task The_command_line_restarts_and_stops_a_gateway_that_is_no_service()
    {
        await using var client = await StartAsync("{}");

        var restarted = await ChelaProcess.RunAsync(["gateway", "restart", "--state-dir", Gateway.StateDirectory], "");
        await client.ClosedAsync();
        await using var again = await ComeBackAsync();
        var stopped = await ChelaProcess.RunAsync(["gateway", "stop", "--state-dir", Gateway.StateDirectory], "");

        Assert.Equal((0, "The gateway restarts now.\n"), (restarted.ExitCode, restarted.Output));
        Assert.Equal((0, $"The gateway stops (process {Gateway.Pid}).\n"), (stopped.ExitCode, stopped.Output));
        Assert.Equal("gateway stopping", (await again.ReceiveAsync(frame => frame.Text("event") == "shutdown")).Text("payload/reason"));
        Assert.Equal(0, await Gateway.EndAsync());
    }

    private async Task<WireClient> StartAsync(string config)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigFile)!);
        await File.WriteAllTextAsync(ConfigFile, config, Ct);
        _gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));
        return await _gateway.OpenOpenClawAsync();
    }

    private async Task<WireClient> ComeBackAsync()
    {
        await SaidAsync("Restarted: listens on ");
        return await Gateway.OpenOpenClawAsync();
    }

    private async Task SaidAsync(string text)
    {
        using var patience = Patience.Begin();
        await Gateway.Output.LineAsync(line => line.Contains(text, StringComparison.Ordinal), patience.Token);
    }

    private Task WriteAsync(string text) => File.WriteAllTextAsync(ConfigFile, text, Ct);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
