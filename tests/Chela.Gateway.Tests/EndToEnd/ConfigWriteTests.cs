using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Programs change the file of the real executable, and never lose what a person wrote into it.</summary>
[Trait("Requirement", "W9")]
[Trait("Requirement", "K3")]
public sealed class ConfigWriteTests : IAsyncDisposable
{
    private const string Secret = "a-secret-of-the-desk";

    private const string Written = """
        {
          // Mine.
          "session": { "mainKey": "one" }, /* kept */
          "agents": { "list": [{ "id": "main" }, { "id": "cook" }] },
          "channels": { "webhook": { "desk": { "secret": "a-secret-of-the-desk" } } }
        }

        """;

    private readonly TempFolder _folder = new();
    private GatewayProcess? _gateway;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string ConfigFile => Path.Combine(_folder.Path, "state", "chela.json");

    [Fact]
    public async Task A_patch_changes_only_what_it_names_and_comments_stay()
    {
        await using var client = await StartAsync(Written);

        var answer = await PatchAsync(client, """{"session":{"mainKey":"two"},"gateway":{"tickIntervalMs":20000}}""");

        Assert.True(answer.Text("ok") == "true", answer.ToString());
        Assert.Equal(["gateway.tickIntervalMs", "session.mainKey"], answer.List("payload/changedPaths").Select(path => path.GetString()).Order());
        Assert.Equal("two", answer.Text("payload/config/session/mainKey"));
        Assert.DoesNotContain(Secret, answer.GetRawText(), StringComparison.Ordinal);
        var text = await File.ReadAllTextAsync(ConfigFile, Ct);
        Assert.Contains("// Mine.", text, StringComparison.Ordinal);
        Assert.Contains("{ \"mainKey\": \"two\" }, /* kept */", text, StringComparison.Ordinal);
        Assert.Equal(Written, await File.ReadAllTextAsync(ConfigFile + ".bak.1", Ct));
        Assert.Equal(answer.Text("payload/hash"), (await client.CallAsync("config.get")).Text("payload/hash"));
    }

    [Fact]
    public async Task What_is_the_same_is_not_written_and_what_waits_for_a_restart_is_said()
    {
        await using var client = await StartAsync("""{"gateway":{"reload":{"mode":"hot"}}}""");

        var same = await PatchAsync(client, """{"gateway":{"reload":{"mode":"hot"}}}""");
        var waits = await PatchAsync(client, """{"gateway":{"events":{"replayMs":1000}}}""");

        Assert.Equal(("true", "0"), (same.Text("payload/noop"), same.List("payload/changedPaths").Count.ToString(provider: null)));
        Assert.Equal("gateway.events.replayMs", waits.Text("payload/restart/paths/0"));
    }

    [Theory]
    [InlineData("config.patch", "{}", "none", "config base hash required; re-run config.get and retry")]
    [InlineData("config.patch", """{"session":{}}""", "old", "config changed since last load; re-run config.get and retry")]
    [InlineData("config.set", "{}", "old", "config changed since last load; re-run config.get and retry")]
    [InlineData("config.patch", "[]", "now", "config.patch raw must be an object")]
    [InlineData("config.patch", "{", "now", "config.patch raw must be an object")]
    [InlineData("config.patch", """{"session":{"mainKye":"x"}}""", "now", "invalid config: session.mainKye: unknown key (did you mean 'mainKey'?)")]
    [InlineData("config.patch", """{"agents":{"list":null}}""", "now", "config.patch would remove items from the list agents.list; name it in replacePaths to replace it whole")]
    [InlineData("config.patch", """{"gateway":{"auth":{"token":"__OPENCLAW_REDACTED__"}}}""", "now", "gateway.auth.token: holds __OPENCLAW_REDACTED__, but there is no secret to put in its place; give the value")]
    [InlineData("config.set", """{"agents":{"list":[{"id":"main"}]}}""", "now", "config.set would drop the agents cook; delete agents by agents.delete")]
    [InlineData("config.apply", """{"session":{"mainKey":2},"agents":{"list":[{"id":"main"},{"id":"cook"}]}}""", "now", "invalid config: ")]
    public async Task What_must_not_be_is_refused_and_nothing_is_written(string method, string raw, string hash, string message)
    {
        await using var client = await StartAsync(Written);
        var parameters = new JsonObject { ["raw"] = raw };
        if (hash != "none")
        {
            parameters["baseHash"] = hash == "old" ? "deadbeef" : await HashAsync(client);
        }

        var answer = await client.CallAsync(method, parameters);

        Assert.Equal("INVALID_REQUEST", answer.Text("error/code"));
        Assert.StartsWith(message, answer.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal(Written, await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    [Fact]
    [Trait("Requirement", "A8")]
    public async Task A_whole_text_gets_the_secrets_back_that_its_writer_was_not_shown()
    {
        await using var client = await StartAsync(Written);
        var text = Written.Replace(Secret, "__OPENCLAW_REDACTED__", StringComparison.Ordinal).Replace("one", "two", StringComparison.Ordinal);

        var answer = await client.CallAsync("config.set", new() { ["raw"] = text, ["baseHash"] = await HashAsync(client) });

        Assert.True(answer.Text("ok") == "true", answer.ToString());
        Assert.Equal(Written.Replace("one", "two", StringComparison.Ordinal), await File.ReadAllTextAsync(ConfigFile, Ct));
        Assert.Equal("two", (await client.CallAsync("config.get")).Text("payload/config/session/mainKey"));
    }

    [Fact]
    public async Task A_file_that_has_shrunk_to_almost_nothing_is_refused()
    {
        var large = Written.Replace("// Mine.", "// " + new string('x', 1000), StringComparison.Ordinal);
        await using var client = await StartAsync(large);

        var answer = await client.CallAsync("config.set", new() { ["raw"] = Written, ["baseHash"] = await HashAsync(client) });

        Assert.Contains("would shrink the file from", answer.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal(large, await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    [Fact]
    public async Task A_bad_file_is_shown_as_such_and_repaired_by_a_whole_text()
    {
        await using var client = await StartAsync("""{"gateway":{"reload":{"mode":"off"}}}""");
        await File.WriteAllTextAsync(ConfigFile, "{ \"sesion\": {} }", Ct);

        var bad = await client.CallAsync("config.get");
        var patched = await PatchAsync(client, """{"session":{"mainKey":"x"}}""");
        var repaired = await client.CallAsync("config.set", new() { ["raw"] = """{"session":{"mainKey":"x"}}""", ["baseHash"] = bad.Text("payload/hash") });

        Assert.Equal(("false", "sesion"), (bad.Text("payload/valid"), bad.Text("payload/issues/0/path")));
        Assert.StartsWith("invalid config: ", patched.Text("error/message"), StringComparison.Ordinal);
        Assert.True(repaired.Text("ok") == "true", repaired.ToString());
        Assert.Equal("x", (await client.CallAsync("config.get")).Text("payload/config/session/mainKey"));
    }

    [Theory]
    [InlineData("""{"session":{"mainKey":"x"}}""", "true", null)]
    [InlineData("{\n  \"sesion\": {} }", "false", "config.validate:2:3")]
    [InlineData("""{"gateway":{"tls":{"enabled":true,"certPath":"/nowhere/cert.pem"}}}""", "false", "config.validate")]
    public async Task A_text_is_checked_without_being_written(string text, string valid, string? place)
    {
        await using var client = await StartAsync(Written);

        var answer = await client.CallAsync("config.validate", new() { ["raw"] = text });

        Assert.Equal(valid, answer.Text("payload/valid"));
        Assert.Equal(place?.Replace("config.validate", "chela.json", StringComparison.Ordinal), answer.Text("payload/issues/0/place"));
        Assert.Equal(Written, await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static async Task<string> HashAsync(WireClient client) => (await client.CallAsync("config.get")).Text("payload/hash")!;

    private static async Task<JsonElement> PatchAsync(WireClient client, string raw) =>
        await client.CallAsync("config.patch", new() { ["raw"] = raw, ["baseHash"] = await HashAsync(client) });

    private async Task<WireClient> StartAsync(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigFile)!);
        await File.WriteAllTextAsync(ConfigFile, text, Ct);
        _gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));
        return await _gateway.OpenOpenClawAsync();
    }
}
