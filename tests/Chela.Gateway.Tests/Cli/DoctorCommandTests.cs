using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Chela.Gateway.Tests.EndToEnd;
using Chela.Gateway.Tests.Support;
using Chela.Service;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Cli;

/// <summary><c>chela doctor</c> by the real program, each fault made for real.</summary>
[Trait("Requirement", "O5")]
public sealed class DoctorCommandTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IDisposable
{
    private const string Canary = "canary-0123456789-abcdef";

    private readonly DoctorTrial _trial = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string State => _trial.State;

    private string ConfigFile => Path.Combine(State, "chela.json");

    [Fact]
    [Trait("Requirement", "K1")]
    public async Task A_broken_configuration_is_told_with_its_place_and_put_back()
    {
        await _trial.WriteAsync("chela.json.last-good", """{ "session": { "mainKey": "good" } }""");
        await _trial.WriteAsync("chela.json", "{\n  \"session\": }");

        var (exit, found, _) = await _trial.RunAsync();
        var (mended, after, done) = await _trial.RunAsync("--fix");

        Assert.Equal((1, 0), (exit, mended));
        Assert.Contains("chela.json:2:", DoctorTrial.Of(found, "config.valid", "error"), StringComparison.Ordinal);
        Assert.Contains("a gateway starts", DoctorTrial.Of(after, "config.valid", "ok"), StringComparison.Ordinal);
        Assert.Contains(done, line => line.StartsWith("config.valid: ", StringComparison.Ordinal));
        Assert.Contains("good", await File.ReadAllTextAsync(ConfigFile, Ct), StringComparison.Ordinal);
        Assert.Equal("{\n  \"session\": }", await File.ReadAllTextAsync($"{ConfigFile}.bak.1", Ct));
    }

    [Fact]
    [Trait("Requirement", "K1")]
    public async Task An_old_form_is_migrated_and_a_newer_one_left_alone()
    {
        const string newer = """{ "meta": { "version": 999 } }""";
        await _trial.WriteAsync("chela.json", """{"routing":{"queue":{"cap":3}}}""");

        var (exit, found, _) = await _trial.RunAsync();
        var (_, after, _) = await _trial.RunAsync("--fix");
        await _trial.WriteAsync("chela.json", newer);
        var (refused, left, done) = await _trial.RunAsync("--fix");

        Assert.Equal((0, 1), (exit, refused));
        Assert.Contains("messages.queue", DoctorTrial.Of(found, "config.form", "warning"), StringComparison.Ordinal);
        DoctorTrial.Of(after, "config.form", "ok");
        Assert.Contains("newer", DoctorTrial.Of(left, "config.valid", "error"), StringComparison.Ordinal);
        Assert.Equal(newer, await File.ReadAllTextAsync(ConfigFile, Ct));
        Assert.Empty(done);
    }

    [Fact]
    [Trait("Requirement", "K7")]
    public async Task A_gateway_that_ended_again_and_again_is_told()
    {
        var nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await _trial.WriteAsync("starts.json", $$"""{"unstable":[{{nowMs - 3000}},{{nowMs - 2000}}]}""");
        var (exit, found, _) = await _trial.RunAsync();
        await _trial.WriteAsync("starts.json", $$"""{"unstable":[{{nowMs - 3000}},{{nowMs - 2000}},{{nowMs - 1000}}]}""");
        var (failed, again, _) = await _trial.RunAsync();

        Assert.Equal((0, 1), (exit, failed));
        DoctorTrial.Of(found, "starts.lasted", "ok");
        Assert.Contains("ended 3 times within 5 minutes", DoctorTrial.Of(again, "starts.lasted", "error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_others_reach_are_closed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await _trial.WriteAsync("gateway.token", "0123456789abcdef0123456789abcdef");
#pragma warning disable CA1416 // Skipped on Windows above.
        File.SetUnixFileMode(Path.Combine(State, "gateway.token"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
#pragma warning restore CA1416

        var (exit, found, _) = await _trial.RunAsync();
        var (mended, after, done) = await _trial.RunAsync("--fix");

        Assert.Equal((1, 0), (exit, mended));
        Assert.Contains("gateway.token", DoctorTrial.Of(found, "files.permissions", "error"), StringComparison.Ordinal);
        DoctorTrial.Of(after, "files.permissions", "ok");
        Assert.Contains("chmod 0600", Assert.Single(done), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_another_program_holds_is_told_with_its_process()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await _trial.WriteAsync("chela.json", $$"""{ "gateway": { "listeners": [{ "port": {{((IPEndPoint)taken.LocalEndpoint).Port}}, "bind": "127.0.0.1" }] } }""");

        var (exit, found, _) = await _trial.RunAsync();

        Assert.Equal(1, exit);
        Assert.Contains($"process {Environment.ProcessId}", DoctorTrial.Of(found, "port.free", "error"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task Damaged_and_torn_journals_and_dead_letters_are_told_and_left_alone()
    {
        var outbox = Path.Combine(State, "outbox");
        await DoctorTrial.WriteJournalAsync(
            outbox,
            "outbox",
            """{"kind":"queued","id":"m1","atMs":1,"target":{"channel":"webhook","account":"a","chat":"p"},"text":"hi"}""",
            """{"kind":"failed","id":"m1","atMs":2,"reason":"gone"}""");
        await DoctorTrial.WriteJournalAsync(Path.Combine(State, "inbox"), "inbox", """{"a":1}""", """{"a":2}""");
        await DoctorTrial.WriteJournalAsync(Path.Combine(State, "sessions"), "index", """{"a":1}""", """{"a":2}""");
        var damaged = Path.Combine(State, "sessions", "index.000001.jsonl");
        await File.WriteAllTextAsync(damaged, (await File.ReadAllTextAsync(damaged, Ct)).Replace("""{"a":1}""", """{"a":7}""", StringComparison.Ordinal), Ct);
        var torn = Path.Combine(State, "inbox", "inbox.000001.jsonl");
        await File.AppendAllTextAsync(torn, """{"crc":"0000""", Ct);
        await File.WriteAllTextAsync($"{torn}.cut-7", "x", Ct);
        var before = await File.ReadAllBytesAsync(torn, Ct);

        var (exit, found, _) = await _trial.RunAsync("--deep");

        Assert.Equal(1, exit);
        Assert.Contains("index.000001.jsonl at byte 0", DoctorTrial.Of(found, "journals.intact", "error"), StringComparison.Ordinal);
        Assert.Contains("inbox.000001.jsonl", DoctorTrial.Of(found, "journals.torn", "note"), StringComparison.Ordinal);
        Assert.Contains("cut-7", DoctorTrial.Of(found, "journals.cut", "note"), StringComparison.Ordinal);
        Assert.Contains("delivered: 1", DoctorTrial.Of(found, "outbox.dead", "warning"), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(torn, Ct));
    }

    [Theory]
    [InlineData("credentials.token", "error", "gateway.token", "undefined")]
    [InlineData("credentials.key", "error", "secret.key", "no key")]
    [InlineData("config.file", "error", ".env", "no variable")]
    [InlineData("config.valid", "error", "chela.json", """{ "gateway": { "auth": { "token": { "source": "env", "id": "NO_SUCH_VARIABLE" } } } }""")]
    [InlineData("mcp.command", "error", "chela.json", """{ "mcp": { "servers": { "far": { "command": "no-such-program" } } } }""")]
    [InlineData("models.named", "error", "chela.json", """{ "agents": { "defaults": { "model": "anthropic/claude" } }, "models": { "providers": { "openai": { "apiKey": "abc" } } } }""")]
    [InlineData("models.key", "warning", "chela.json", """{ "models": { "providers": { "openai": {} } } }""")]
    [InlineData("tools.programs", "warning", "chela.json", """{ "tools": { "allow": ["exec"], "exec": { "allow": ["no-such-program"] } } }""")]
    [InlineData("channels.webhook", "note", "chela.json", """{ "channels": { "webhook": { "a": { "secret": "0123456789abcdef0123456789" } } } }""")]
    [InlineData("channels.plugin", "error", "chela.json", """{ "channels": { "plugin": { "a": { "plugin": "nowhere" } } } }""")]
    public async Task A_fault_of_a_file_is_told_with_a_remedy(string id, string state, string file, string text)
    {
        await _trial.WriteAsync(file, text);

        var (exit, found, _) = await _trial.RunAsync();

        Assert.Equal(state == "error" ? 1 : 0, exit);
        DoctorTrial.Of(found, id, state);
        Assert.All(found.Where(finding => finding.Text("state") is "warning" or "error"), finding => Assert.NotEmpty(finding.Text("remedy")!));
    }

    [Fact]
    public async Task A_running_gateway_is_asked_and_a_killed_one_leaves_a_note_only()
    {
        await using var killed = await GatewayProcess.StartAsync(new GatewayStart(_trial.Folder.Path));
        var running = await DoctorTrial.ReportAsync(fixture.Gateway.StateDirectory);
        killed.Kill();
        await killed.EndAsync();
        var after = await DoctorTrial.ReportAsync(killed.StateDirectory);

        Assert.Contains($"process {fixture.Gateway.Pid} ", DoctorTrial.Of(running.Findings, "instance.lock", "ok"), StringComparison.Ordinal);
        Assert.Contains($"{killed.Pid}", DoctorTrial.Of(running.Findings, "instance.others", "note"), StringComparison.Ordinal);
        DoctorTrial.Of(running.Findings, "gateway.answers", "ok");
        DoctorTrial.Of(running.Findings, "gateway.config", "ok");
        DoctorTrial.Of(running.Findings, "instance.program", "ok");
        Assert.Contains($"process {killed.Pid} left", DoctorTrial.Of(after.Findings, "instance.lock", "note"), StringComparison.Ordinal);
        Assert.DoesNotContain(after.Findings, finding => finding.Text("id") == "gateway.answers");
    }

    [Theory]
    [InlineData("/nowhere/chela", "", "error", "which is gone")]
    [InlineData(null, "\n[Unit]\n# of another version\n", "warning", "another version")]
    [InlineData(null, "", "ok", "what this version would write")]
    public async Task A_service_that_is_not_what_it_should_be_is_told(string? program, string more, string state, string said)
    {
        var settings = Directory.CreateDirectory(_trial.Folder.File("config/systemd/user")).FullName;
        var unit = ServiceUnit.Text(program ?? GatewayProcess.Executable, ["--state-dir", State, "--port", "18790"], State, dotnet: null);
        await File.WriteAllTextAsync(Path.Combine(settings, ServiceUnit.Name), unit + more, Ct);

        var result = await ChelaProcess.RunAsync(["doctor", "--json", "--state-dir", State], "", ("XDG_CONFIG_HOME", _trial.Folder.File("config")));

        Assert.Contains(said, DoctorTrial.Of([.. JsonElement.Parse(result.Output).List("findings")], "service.unit", state), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deep_asks_the_providers_whether_they_take_the_key()
    {
        await using var provider = await ListingProviderAsync();
        var address = provider.Urls.Single();
        await _trial.WriteAsync("chela.json", $$"""
            { "models": { "providers": {
                "good": { "baseUrl": "{{address}}/v1", "apiKey": "{{Canary}}" },
                "claude": { "baseUrl": "{{address}}", "apiKey": "{{Canary}}", "api": "anthropic-messages" },
                "wrong": { "baseUrl": "{{address}}/v1", "apiKey": "another" },
                "lost": { "baseUrl": "http://127.0.0.1:1/v1", "apiKey": "{{Canary}}" } } } }
            """);

        var (exit, found, _) = await _trial.RunAsync("--deep");

        Assert.Equal(1, exit);
        Assert.Equal(
            [("claude answers", "ok"), ("good answers", "ok"), ("lost does not answer", "error"), ("wrong refuses the key", "error")],
            found.Where(finding => finding.Text("id") == "models.answer").Select(finding => (finding.Text("message")!.Split(" at ")[0], finding.Text("state")!)).Order());
        DoctorTrial.Of(found, "clock.provider", "ok");
    }

    [Fact]
    [Trait("Requirement", "A8")]
    public async Task No_secret_is_shown_and_nothing_is_made()
    {
        await _trial.WriteAsync("gateway.token", Canary);
        await _trial.WriteAsync(".env", $"OPENAI_API_KEY={Canary}\n");
        await _trial.WriteAsync("chela.json", $$"""{ "gateway": { "port": "{{Canary}}", "auth": { "password": "{{Canary}}" } }, "channels": { "webhook": { "a": { "secret": "{{Canary}}" } } } }""");
        var before = Directory.GetFileSystemEntries(_trial.Folder.Path, "*", SearchOption.AllDirectories);

        var asJson = await ChelaProcess.RunAsync(["doctor", "--json", "--deep", "--state-dir", State], "", DoctorTrial.AnyPort);
        var forPeople = await ChelaProcess.RunAsync(["doctor", "--state-dir", State], "", DoctorTrial.AnyPort);
        var nowhere = await ChelaProcess.RunAsync(["doctor", "--state-dir", _trial.Folder.File("nowhere")], "", DoctorTrial.AnyPort);

        Assert.Equal((1, 1, 0), (asJson.ExitCode, forPeople.ExitCode, nowhere.ExitCode));
        Assert.Contains("error    config.valid: ", forPeople.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, asJson.Output + asJson.Error + forPeople.Output + forPeople.Error, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(_trial.Folder.Path, "*", SearchOption.AllDirectories));
    }

    public void Dispose() => _trial.Dispose();

    /// <summary>A provider that lists its models to whoever has the key, in both ways of showing it.</summary>
    private static async Task<WebApplication> ListingProviderAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(context =>
        {
            var isKnown = context.Request.Headers.Authorization == $"Bearer {Canary}" || context.Request.Headers["x-api-key"] == Canary;
            context.Response.StatusCode = context.Request.Path != "/v1/models" ? 404 : isKnown ? 200 : 401;
            return Task.CompletedTask;
        });
        await app.StartAsync(Ct);
        return app;
    }
}
