using System.Text.Json;
using Chela.Gateway.Tests.EndToEnd;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Cli;

/// <summary><c>chela security audit</c> by the real program.</summary>
[Trait("Requirement", "A8")]
public sealed class SecurityCommandTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IDisposable
{
    private const string Canary = "canary-0123456789-abcdef";

    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Findings_have_the_shape_of_OpenClaw_and_no_secret_is_shown()
    {
        await File.WriteAllTextAsync(
            _folder.File("chela.json"),
            $$$"""
            {
              "gateway": { "bind": "lan", "auth": { "token": "{{{Canary}}}" } },
              "channels": { "webhook": { "a": { "secret": "{{{Canary}}}", "url": "http://{{{Canary}}}@a.example/?{{{Canary}}}" } } },
              "models": { "providers": { "far": { "baseUrl": "http://models.example/{{{Canary}}}", "apiKey": "{{{Canary}}}" } } }
            }
            """,
            Ct);

        var asJson = await RunAsync("--json");
        var forPeople = await RunAsync();
        var report = JsonElement.Parse(asJson.Output);

        Assert.Equal((1, 1), (asJson.ExitCode, forPeople.ExitCode));
        Assert.True(report.GetProperty("ts").GetInt64() > 0);
        Assert.Equal(report.List("findings").Count(finding => finding.Text("severity") == "critical"), report.GetProperty("summary").GetProperty("critical").GetInt32());
        var reuse = Assert.Single(report.List("findings"), finding => finding.Text("checkId") == "hooks.token_reuse_gateway_token");
        Assert.Equal(["checkId", "severity", "title", "detail", "remediation"], reuse.EnumerateObject().Select(property => property.Name));
        Assert.Contains("models.key_over_http", forPeople.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, asJson.Output + asJson.Error + forPeople.Output + forPeople.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fix_closes_files_and_says_so_and_nothing_is_made_where_nothing_is()
    {
        var file = _folder.File("chela.json");
        await File.WriteAllTextAsync(file, "{}", Ct);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
#pragma warning disable CA1416 // Skipped on Windows above.
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var before = await RunAsync();
        var mended = await RunAsync("--fix");
        var nowhere = await ChelaProcess.RunAsync(["security", "audit", "--state-dir", _folder.File("nowhere")]);

        Assert.Equal((1, 0, 0), (before.ExitCode, mended.ExitCode, nowhere.ExitCode));
        Assert.Contains($"chmod 0600 {file}", mended.Error, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.False(Path.Exists(_folder.File("nowhere")));
#pragma warning restore CA1416
    }

    [Fact]
    public async Task Deep_asks_the_gateway()
    {
        var answered = await ChelaProcess.RunAsync(["security", "audit", "--deep", "--json", "--state-dir", fixture.Gateway.StateDirectory]);
        var unanswered = await ChelaProcess.RunAsync(["security", "audit", "--deep", "--json", "--state-dir", _folder.Path], "", ("CHELA_URL", "ws://127.0.0.1:1"));

        Assert.True(JsonElement.Parse(answered.Output).GetProperty("deep").GetProperty("gateway").GetProperty("ok").GetBoolean());
        Assert.False(JsonElement.Parse(unanswered.Output).GetProperty("deep").GetProperty("gateway").GetProperty("ok").GetBoolean());
        Assert.Contains("gateway.probe_failed", unanswered.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Task<Result> RunAsync(params string[] options) => ChelaProcess.RunAsync(["security", "audit", .. options, "--state-dir", _folder.Path]);
}
