using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Agents.Mcp;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The file is changed while the real executable runs: each row of the table of keys does what it says.</summary>
[Trait("Requirement", "K3")]
public sealed class ReloadTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private GatewayProcess? _gateway;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private GatewayProcess Gateway => _gateway!;

    private string ConfigFile => Path.Combine(_folder.Path, "state", "chela.json");

    [Fact]
    public async Task A_change_is_told_by_its_paths_without_values_and_each_dialect_has_its_name_for_it()
    {
        await using var client = await StartAsync("{}");
        await using var other = await Gateway.OpenJsonRpcAsync();
        await other.CallRpcAsync("config.status");

        var told = await ChangeAsync(client, """{"session":{"mainKey":"a-name-of-mine"},"models":{"aliases":{"quick":"echo/echo"}}}""");

        Assert.Equal(["models.aliases.quick", "session.mainKey"], told.List("payload/changedPaths").Select(path => path.GetString()).Order());
        Assert.DoesNotContain("a-name-of-mine", told.GetRawText(), StringComparison.Ordinal);
        Assert.Equal((await client.CallAsync("config.get")).Text("payload/hash"), told.Text("payload/hash"));
        Assert.Equal(2, (await other.EventAsync("config_reloaded")).List("changedPaths").Count);
    }

    [Fact]
    public async Task A_bad_file_changes_nothing_and_the_status_says_where_it_is_wrong_until_it_is_good_again()
    {
        await using var client = await StartAsync("""{"session":{"mainKey":"one"}}""");

        await WriteAsync("{\n  \"session\": { \"mainKye\": \"two\" }\n}");
        var bad = await StatusAsync(client, status => status.Text("payload/valid") == "false");
        await ChangeAsync(client, """{"session":{"mainKey":"three"}}""");
        var good = await client.CallAsync("config.status");

        Assert.Equal(
            ("chela.json:2:16", "session.mainKye", "unknown key (did you mean 'mainKey'?)"),
            (bad.Text("payload/issues/0/place"), bad.Text("payload/issues/0/path"), bad.Text("payload/issues/0/message")));
        Assert.Equal(("true", "0"), (good.Text("payload/valid"), good.List("payload/issues").Count.ToString(provider: null)));
        Assert.Contains("chela.json:2:16 session.mainKye: unknown key", Gateway.Output.Text, StringComparison.Ordinal);
        await Patience.UntilAsync(
            async ct => (await File.ReadAllTextAsync(ConfigFile + ".last-good", ct)).Contains("three", StringComparison.Ordinal), "the good file is kept");
    }

    [Fact]
    public async Task What_needs_a_restart_is_said_and_stays_as_it_was()
    {
        await using var client = await StartAsync("""{"gateway":{"reload":{"mode":"hot"}}}""");

        await ChangeAsync(client, """{"gateway":{"reload":{"mode":"hot"},"events":{"replayMs":1000},"tickIntervalMs":20000}}""");

        var status = await client.CallAsync("config.status");
        Assert.Equal("gateway.events.replayMs", Assert.Single(status.List("payload/restartNeeded")).GetString());
        Assert.Equal("300000", (await client.CallAsync("config.get")).Text("payload/config/gateway/events/replayMs"));
    }

    [Theory]
    [InlineData("{}", """{"gateway":{"auth":{"token":"another-secret-of-some-length"}}}""")]
    [InlineData("""{"gateway":{"auth":{"password":"one-secret-of-some-length"}}}""", """{"gateway":{"auth":{"password":"another-secret-of-some-length"}}}""")]
    [Trait("Requirement", "A3")]
    public async Task Another_secret_opens_at_once_and_what_came_in_with_the_former_is_closed(string before, string after)
    {
        var former = before == "{}" ? null : "one-secret-of-some-length";
        await using var client = await StartAsync(before, former);
        await using var witness = await Gateway.OpenOpenClawAsync(former);

        await ChangeAsync(client, after);

        Assert.Equal((4001, "gateway auth changed"), await client.ClosedAsync());
        Assert.Equal(4001, (await witness.ClosedAsync()).Code);
        await using var again = await Gateway.OpenOpenClawAsync("another-secret-of-some-length");
        await using var refused = await Gateway.OpenSilentOpenClawAsync();
        await refused.SendAsync(OpenClawWire.Request("late", "connect", OpenClawWire.ConnectParams(former ?? Gateway.Token)));
        Assert.Equal("false", (await refused.AnswerAsync("late")).Text("ok"));
        Assert.DoesNotContain("another-secret", await File.ReadAllTextAsync(Path.Combine(Gateway.StateDirectory, "logs", "gateway.log"), Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_kind_of_credential_takes_a_restart()
    {
        await using var client = await StartAsync("{}");

        await WriteAsync("""{"gateway":{"auth":{"password":"a-secret-of-some-length"}}}""");
        await client.ClosedAsync();
        using var patience = Patience.Begin();
        await Gateway.Output.LineAsync(line => line.StartsWith("Restarted", StringComparison.Ordinal), patience.Token);

        await using var again = await Gateway.OpenOpenClawAsync("a-secret-of-some-length");
        Assert.Equal("true", (await again.CallAsync("config.status")).Text("payload/valid"));
    }

    [Theory]
    [InlineData("gateway.hosts", """{"gateway":{"hosts":["other.example"]}}""")]
    [InlineData("gateway.allowedAddresses", """{"gateway":{"allowedAddresses":["10.9.8.7"]}}""")]
    [InlineData("gateway.trustedProxies", """{"gateway":{"trustedProxies":["127.0.0.1"]}}""")]
    [InlineData("gateway.controlUi", """{"gateway":{"controlUi":{"allowedOrigins":["https://page.example"]}}}""")]
    public async Task The_next_request_is_looked_at_by_the_new_rules(string key, string text)
    {
        await using var client = await StartAsync("{}");
        var before = await AskAsync(key);

        await ChangeAsync(client, text);

        Assert.NotEqual(before, await AskAsync(key));
    }

    [Theory]
    [InlineData("gateway.limits", """{"gateway":{"limits":{"maxBufferedBytes":1000000}}}""", "payload/policy/maxBufferedBytes", "1000000")]
    [InlineData("gateway.tickIntervalMs", """{"gateway":{"tickIntervalMs":12345}}""", "payload/policy/tickIntervalMs", "12345")]
    [InlineData("session", """{"session":{"mainKey":"mine"}}""", "payload/snapshot/sessionDefaults/mainKey", "mine")]
    [InlineData("agents", """{"agents":{"list":[{"id":"cook"}]}}""", "payload/snapshot/sessionDefaults/defaultAgentId", "cook")]
    public async Task A_connection_made_from_then_on_is_told_what_is_new(string key, string text, string place, string value)
    {
        await using var client = await StartAsync("{}");

        await ChangeAsync(client, text);

        await using var next = await Gateway.OpenSilentOpenClawAsync();
        await next.SendAsync(OpenClawWire.Request("connect", "connect", OpenClawWire.ConnectParams(Gateway.Token)));
        Assert.Equal((key, value), (key, (await next.ReceiveAsync()).Text(place)));
    }

    [Theory]
    [InlineData("models", """{"models":{"providers":{"mine":{"baseUrl":"http://127.0.0.1:9/v1","models":[{"id":"small"}]}}}}""", "models.list", "\"small\"")]
    [InlineData("tools", """{"tools":{"allow":["memory.*"]}}""", "tools.catalog", null)]
    [InlineData("channels.webhook", """{"channels":{"webhook":{"desk":{"secret":"a-secret-of-the-desk"}}}}""", "channels.status", "\"desk\"")]
    public async Task What_is_asked_next_shows_what_is_new(string key, string text, string method, string? shown)
    {
        await using var client = await StartAsync("{}");
        var before = (await client.CallAsync(method)).GetProperty("payload").GetRawText();

        await ChangeAsync(client, text);

        var after = (await client.CallAsync(method)).GetProperty("payload").GetRawText();
        Assert.True(before != after, key);
        Assert.Contains(shown ?? "", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_tools_that_comes_is_connected_and_one_that_goes_is_left()
    {
        await using var client = await StartAsync("{}");

        await ChangeAsync(client, new JsonObject { ["mcp"] = new JsonObject { ["servers"] = new JsonObject { ["kind"] = McpTrial.Scripted() } } }.ToJsonString());
        await Patience.UntilAsync(async _ => await HasToolsOfAsync(client, "kind."), "the server is connected");
        await ChangeAsync(client, "{}");
        await Patience.UntilAsync(async _ => !await HasToolsOfAsync(client, "kind."), "the server is left");
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static async Task<bool> HasToolsOfAsync(WireClient client, string prefix) =>
        (await client.CallAsync("tools.catalog")).GetRawText().Contains($"\"{prefix}", StringComparison.Ordinal);

    private static async Task<JsonElement> StatusAsync(WireClient client, Predicate<JsonElement> wanted)
    {
        JsonElement status = default;
        await Patience.UntilAsync(async _ => wanted(status = await client.CallAsync("config.status")), "the status changes");
        return status;
    }

    /// <summary>A request that each of the rules on requests looks at in its way.</summary>
    private async Task<int> AskAsync(string key)
    {
        using var http = new HttpClient { BaseAddress = Gateway.HttpUrl };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/rpc") { Content = new StringContent("{}") };
        request.Headers.Authorization = new("Bearer", Gateway.Token);
        if (key == "gateway.hosts")
        {
            request.Headers.Host = "other.example";
        }

        if (key == "gateway.controlUi")
        {
            request.Headers.Add("Origin", "https://page.example");
        }

        if (key == "gateway.trustedProxies")
        {
            request.Headers.Add("X-Forwarded-For", "1.2.3.4");
            request.Headers.Add("Forwarded", "for=5.6.7.8");
        }

        using var answer = await http.SendAsync(request, Ct);
        return (int)answer.StatusCode;
    }

    private async Task<WireClient> StartAsync(string text, string? secret = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigFile)!);
        await File.WriteAllTextAsync(ConfigFile, text, Ct);
        _gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));
        return await _gateway.OpenOpenClawAsync(secret);
    }

    /// <summary>Replaces the file, as editors do.</summary>
    private async Task WriteAsync(string text)
    {
        await File.WriteAllTextAsync(ConfigFile + ".new", text, Ct);
        File.Move(ConfigFile + ".new", ConfigFile, overwrite: true);
    }

    /// <summary>The same, and waits until it is in force.</summary>
    private async Task<JsonElement> ChangeAsync(WireClient client, string text)
    {
        await WriteAsync(text);
        return await client.ReceiveAsync(frame => frame.Text("event") == "config.changed");
    }
}
