using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What the configuration is made of besides the values in the file.</summary>
[Trait("Requirement", "K1")]
public sealed class ConfigLayersTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private GatewayProcess? _gateway;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string State => Path.Combine(_folder.Path, "state");

    private string ConfigFile => Path.Combine(State, "chela.json");

    [Fact]
    [Trait("Requirement", "A8")]
    public async Task Variables_of_the_environment_and_of_the_state_directory_stand_in_for_values_and_writes_keep_their_names()
    {
        const string token = "a-token-from-a-variable";
        Directory.CreateDirectory(State);
        await File.WriteAllTextAsync(Path.Combine(State, ".env"), $"THE_TOKEN={token}\nMAIN=lost\n", Ct);
        const string text = """{ "gateway": { "auth": { "token": "${THE_TOKEN}" } }, /* kept */ "session": { "mainKey": "${MAIN}" } }""";
        await using var client = await StartAsync(text, token, ("MAIN", "won"));

        var shown = await client.CallAsync("config.get");
        var patched = await client.CallAsync("config.patch", new()
        {
            ["raw"] = """{"session":{"mainKey":"won"},"gateway":{"tickIntervalMs":20000,"auth":{"token":"__OPENCLAW_REDACTED__"}}}""",
            ["baseHash"] = shown.Text("payload/hash"),
        });

        Assert.Equal(("${THE_TOKEN}", "${MAIN}"), (shown.Text("payload/config/gateway/auth/token"), shown.Text("payload/parsed/session/mainKey")));
        Assert.DoesNotContain(token, shown.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("gateway.tickIntervalMs", Assert.Single(patched.List("payload/changedPaths")).GetString());
        Assert.Equal(
            """{ "gateway": { "auth": { "token": "${THE_TOKEN}" }, "tickIntervalMs": 20000 }, /* kept */ "session": { "mainKey": "${MAIN}" } }""",
            await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    [Fact]
    [Trait("Requirement", "K3")]
    public async Task A_setting_is_overridden_by_a_call_until_that_is_taken_back_and_the_file_stays_as_it_is()
    {
        const string text = """{ "session": { "mainKey": "file" } }""";
        await using var client = await StartAsync(text, null, ("CHELA_GATEWAY__TICKINTERVALMS", "20000"));
        await using var other = await _gateway!.OpenOpenClawAsync();

        var set = await client.CallAsync("config.override.set", new() { ["path"] = "session.mainKey", ["value"] = "call" });
        var told = await other.ReceiveAsync(frame => frame.Text("event") == "config.changed");
        var shown = await client.CallAsync("config.get");
        var written = await client.CallAsync("config.override.set", new() { ["path"] = "gateway.port", ["value"] = 1 });
        var cleared = await client.CallAsync("config.override.clear", new() { ["path"] = "session.mainKey" });

        Assert.Equal(("session.mainKey", "Overrides are not in the file, and gone after a restart."), (set.Text("payload/overrides/0"), set.Text("payload/note")));
        Assert.Equal("session.mainKey", Assert.Single(told.List("payload/changedPaths")).GetString());
        Assert.Equal("call", shown.Text("payload/config/session/mainKey"));
        var origins = JsonNode.Parse(shown.GetProperty("payload").GetProperty("origins").GetRawText())!;
        Assert.Equal(
            ("override", "environment", "commandLine", "default"),
            ((string?)origins["session.mainKey"], (string?)origins["gateway.tickIntervalMs"], (string?)origins["gateway.port"], (string?)origins["gateway.bind"]));
        Assert.StartsWith("gateway.port needs a restart", written.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal(("session.mainKey", 0), (cleared.Text("payload/changedPaths/0"), cleared.List("payload/overrides").Count));
        Assert.Equal("file", (await client.CallAsync("config.get")).Text("payload/config/session/mainKey"));
        Assert.Equal(text, await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task<WireClient> StartAsync(string text, string? token, params (string Name, string Value)[] environment)
    {
        Directory.CreateDirectory(State);
        await File.WriteAllTextAsync(ConfigFile, text, Ct);
        _gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path) { Environment = environment });
        return await _gateway.OpenOpenClawAsync(token);
    }
}
