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
