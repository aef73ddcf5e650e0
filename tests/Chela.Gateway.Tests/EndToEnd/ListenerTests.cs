using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Further ports with a dialect of their own, at the real executable.</summary>
[Trait("Requirement", "W1")]
public sealed class ListenerTests
{
    private const string Health = """{"jsonrpc":"2.0","id":"1","method":"health"}""";

    [Fact]
    public async Task Each_further_port_speaks_its_dialect_at_the_root_and_every_dialect_at_its_path()
    {
        using var folder = new TempFolder();
        await WriteAsync(folder, """
            { "gateway": { "listeners": [
                { "port": 0, "dialect": "json-rpc" },
                { "port": 0, "dialect": "session", "bind": "127.0.0.1" },
                { "port": 0, "dialect": "plain" },
                { "port": 0 } ] } }
            """);
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        var ports = gateway.Output.Text.Split('\n').Where(line => line.StartsWith("  also   ", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')).ToList();

        Assert.Equal(["(json-rpc)", "(session)", "(plain)", "(openclaw)"], ports.Select(words => words[^1]));
        var urls = ports.Select(words => words[^2]).ToList();
        await using var jsonRpc = await WireClient.OpenAsync(urls[0] + "/");
        await jsonRpc.SendAsync(Health);
        Assert.Equal("2.0", (await jsonRpc.ReceiveAsync()).Text("jsonrpc"));
        await using var session = await WireClient.OpenAsync(urls[1] + "/");
        await session.SendAsync("""{"Ping":{}}""");
        Assert.True((await session.ReceiveAsync()).TryGetProperty("Pong", out _));
        await using var plain = await WireClient.OpenAsync(urls[2] + "/");
        await plain.SendAsync("""{"id":"1","method":"health"}""");
        Assert.Equal("true", (await plain.ReceiveAsync()).Text("result/ok"));
        await using var openClaw = await WireClient.OpenAsync(urls[3] + "/");
        Assert.Equal("connect.challenge", (await openClaw.ReceiveAsync()).Text("event"));
        await using var byPath = await WireClient.OpenAsync(urls[1] + "/rpc");
        await byPath.SendAsync(Health);
        Assert.Equal("true", (await byPath.ReceiveAsync()).Text("result/ok"));
        await using var main = await gateway.OpenSilentOpenClawAsync();
    }

    [Fact]
    [Trait("Requirement", "W2")]
    public async Task A_POST_to_the_root_of_a_json_rpc_port_is_answered_like_one_to_its_path()
    {
        using var folder = new TempFolder();
        await WriteAsync(folder, """{ "gateway": { "listeners": [ { "port": 0, "dialect": "json-rpc" } ] } }""");
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        var url = gateway.Output.Text.Split('\n').Single(line => line.StartsWith("  also   ", StringComparison.Ordinal)).Trim().Split(' ')[^2];
        using var http = new HttpClient();

        using var answer = await http.PostAsync(Http(url), Json(), TestContext.Current.CancellationToken);
        using var elsewhere = await http.PostAsync(gateway.HttpUrl, Json(), TestContext.Current.CancellationToken);

        Assert.Contains("\"ok\":true", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Fact]
    public async Task A_taken_port_names_its_listener_in_one_line_and_stops_the_start()
    {
        using var folder = new TempFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await WriteAsync(folder, $$"""{ "gateway": { "listeners": [ { "port": 0 }, { "port": {{port}}, "dialect": "session" } ] } }""");

        var (exitCode, output, errors) = await GatewayProcess.RefusedAsync(new GatewayStart(folder.Path));

        Assert.Equal(69, exitCode);
        Assert.Contains($"port {port} on 127.0.0.1 is taken by another program; choose another with gateway.listeners[1].port", errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors.TrimEnd());
        Assert.Equal("", output);
    }

    [Theory]
    [InlineData("""[{"dialect":"plain"}]""", "gateway.listeners[0].port: must have required property 'port'")]
    [InlineData("""[{"port":0},{"port":70000}]""", "gateway.listeners[1].port: must be <= 65535")]
    [InlineData("""[{"port":0,"dialect":"soap"}]""", "gateway.listeners[0].dialect: must be equal to one of the allowed values")]
    [InlineData("""[{"port":0,"bind":"*"}]""", "gateway.listeners[0].bind: must be one of loopback, lan, tailnet, auto, custom, an IP address or a host name")]
    [InlineData("""[{"port":0,"prot":1}]""", "gateway.listeners[0].prot: unknown key (did you mean 'port'?)")]
    [InlineData("""[{"port":4000},{"port":4000}]""", "gateway.listeners[1].port: is the same as gateway.listeners[0].port")]
    [InlineData("""[{"port":18789}]""", "gateway.listeners[0].port: is the same as gateway.port")]
    [Trait("Requirement", "K1")]
    public void A_mistake_in_a_listener_is_named_with_its_place(string listeners, string problem)
    {
        Assert.EndsWith(problem, Config.ConfigFixture.Refuse($$"""{ "gateway": { "listeners": {{listeners}} } }"""), StringComparison.Ordinal);
        Assert.Equal(
            $"CHELA_GATEWAY__LISTENERS {problem}",
            Config.ConfigFixture.Refuse(environment: new() { ["CHELA_GATEWAY__LISTENERS"] = listeners }));
    }

    [Fact]
    [Trait("Requirement", "A4")]
    public async Task Beyond_loopback_the_start_says_that_there_is_no_TLS()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path) { Arguments = ["--bind", "lan"] });

        Assert.Contains("  note   0.0.0.0 (gateway.port) can be reached from other machines without TLS", gateway.Output.Text, StringComparison.Ordinal);
        await gateway.AssertAliveAsync();
    }

    [Fact]
    public async Task On_loopback_it_listens_by_either_of_its_addresses()
    {
        using var folder = new TempFolder();
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path) { Port = port });
        using var http = new HttpClient();

        using var answer = await http.GetAsync(new Uri($"http://localhost:{port}/healthz"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static Task WriteAsync(TempFolder folder, string config)
    {
        var directory = Directory.CreateDirectory(Path.Combine(folder.Path, "state"));
        return File.WriteAllTextAsync(Path.Combine(directory.FullName, "chela.json"), config, TestContext.Current.CancellationToken);
    }

    private static Uri Http(string url) => new(url.Replace("ws://", "http://", StringComparison.Ordinal));

    private static StringContent Json() => new(JsonNode.Parse(Health)!.ToJsonString(), Encoding.UTF8, "application/json");
}
