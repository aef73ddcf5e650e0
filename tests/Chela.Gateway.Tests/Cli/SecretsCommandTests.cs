using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Cli;

/// <summary>The secrets of the configuration by the command line, without a gateway.</summary>
[Trait("Requirement", "A8")]
public sealed class SecretsCommandTests : IDisposable
{
    private const string Secret = "a-secret-of-16-characters";

    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_encrypted_for_the_file_and_one_in_plain_text_is_named()
    {
        var configFile = _folder.File("chela.json");
        await File.WriteAllTextAsync(configFile, $$"""{ "gateway": { "auth": { "token": "{{Secret}}" } } }""", Ct);

        var found = await RunAsync("audit");
        var encrypted = await RunAsync("encrypt", Secret + "\n");
        await File.WriteAllTextAsync(configFile, $$"""{ "gateway": { "auth": { "token": "{{encrypted.Output.Trim()}}" } } }""", Ct);
        var rotated = await RunAsync("rotate");
        var none = await RunAsync("audit");
        var token = await ChelaProcess.RunAsync(["config", "get", "gateway.auth.token", "--state-dir", _folder.Path]);

        Assert.Equal((1, "chela.json:1:35 gateway.auth.token\n"), (found.ExitCode, found.Output));
        Assert.StartsWith("enc:v1:", encrypted.Output, StringComparison.Ordinal);
        Assert.Equal((0, $"A new key is in use; values encrypted anew: 1, in {configFile}\n"), (rotated.ExitCode, rotated.Output));
        Assert.Equal((0, $"No secret stands in plain text in {configFile}\n"), (none.ExitCode, none.Output));
        Assert.Equal("__OPENCLAW_REDACTED__\n", token.Output);
    }

    public void Dispose() => _folder.Dispose();

    private Task<Result> RunAsync(string command, string input = "") =>
        ChelaProcess.RunAsync(["secrets", command, "--state-dir", _folder.Path], input);
}
