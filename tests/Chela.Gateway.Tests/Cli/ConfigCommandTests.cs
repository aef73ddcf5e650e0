using System.Text.Json;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Cli;

/// <summary>The configuration file by the command line, without a gateway.</summary>
[Trait("Requirement", "O5")]
[Trait("Requirement", "K1")]
public sealed class ConfigCommandTests : IDisposable
{
    private const string Secret = "a-secret-of-the-desk";

    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string ConfigFile => _folder.File("chela.json");

    [Fact]
    public async Task In_an_empty_place_a_file_begins_with_a_schema_that_lies_beside_it()
    {
        var set = await RunAsync("set", "session.mainKey", "one");

        Assert.Equal((0, ""), (set.ExitCode, set.Error));
        Assert.Contains("session.mainKey: a running gateway takes it in now", set.Output, StringComparison.Ordinal);
        Assert.Equal(
            """
            {
              "$schema": "./chela.schema.json",
              "meta": {
                "version": 3
              },
              "session": {
                "mainKey": "one"
              }
            }

            """,
            await File.ReadAllTextAsync(ConfigFile, Ct));
        var schema = JsonElement.Parse(await File.ReadAllTextAsync(_folder.File("chela.schema.json"), Ct));
        Assert.Equal("string", schema.Text("properties/session/properties/mainKey/type"));
        Assert.Equal("one\n", (await RunAsync("get", "session.mainKey")).Output);
    }

    [Theory]
    [InlineData(64, "'a..b' is no key", "set", "a..b", "1")]
    [InlineData(64, "exclude each other", "set", "session.mainKey", "one", "--json-value", "--string")]
    [InlineData(78, "gateway.port: must be integer", "set", "gateway.port", "many")]
    [InlineData(1, "agents.defaults.model is not set", "get", "agents.defaults.model")]
    [InlineData(1, "has no backup '1'; it has none yet", "rollback")]
    [InlineData(1, "there is no ", "validate", "missing.json")]
    public async Task What_cannot_be_is_refused_and_nothing_is_written(int exitCode, string sentence, params string[] command)
    {
        await File.WriteAllTextAsync(ConfigFile, """{ "agents": { "list": [] } }""", Ct);

        var refused = await RunAsync(command);

        Assert.Equal((exitCode, ""), (refused.ExitCode, refused.Output));
        Assert.Contains(sentence, refused.Error, StringComparison.Ordinal);
        Assert.Equal("""{ "agents": { "list": [] } }""", await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    [Fact]
    public async Task A_change_keeps_comments_and_can_be_looked_at_and_taken_back()
    {
        const string Written = """
            {
              // Mine.
              "session": { "mainKey": "one" },
              "channels": { "webhook": { "desk": { "secret": "a-secret-of-the-desk" } } }
            }

            """;
        await File.WriteAllTextAsync(ConfigFile, Written, Ct);

        await RunAsync("set", "session.mainKey", "two");
        await RunAsync("unset", "channels.webhook.desk");
        var last = await RunAsync("diff", "1");
        var both = await RunAsync("diff", "2", "--json");
        var back = await RunAsync("rollback", "2");

        Assert.Equal("- channels.webhook.desk.secret = \"__OPENCLAW_REDACTED__\"\n", last.Output);
        Assert.Equal(
            """[{"key":"session.mainKey","before":"one","after":"two"},{"key":"channels.webhook.desk.secret","before":"__OPENCLAW_REDACTED__"}]""" + "\n", both.Output);
        Assert.Equal(0, back.ExitCode);
        Assert.Equal(Written, await File.ReadAllTextAsync(ConfigFile, Ct));
        Assert.Contains("// Mine.", await File.ReadAllTextAsync(ConfigFile + ".bak.1", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_are_shown_only_to_whoever_asks_for_them_and_come_in_by_standard_input()
    {
        var set = await ChelaProcess.RunAsync(["config", "set", "channels.webhook.desk.secret", "-", "--state-dir", _folder.Path], Secret + "\n");
        var hidden = await RunAsync("get", "channels", "--json");
        var shown = await RunAsync("get", "channels.webhook.desk.secret", "--show-secrets");

        Assert.Equal(0, set.ExitCode);
        Assert.DoesNotContain(Secret, set.Output + set.Error + hidden.Output, StringComparison.Ordinal);
        Assert.Equal(Secret + "\n", shown.Output);
    }

    [Fact]
    public async Task A_file_is_judged_with_line_and_column_and_for_programs_as_json()
    {
        var other = _folder.File("other.json");
        await File.WriteAllTextAsync(other, "{\n  \"session\": { \"mainKye\": 1 }\n}", Ct);

        var people = await RunAsync("validate", other);
        var programs = await RunAsync("validate", other, "--json");

        Assert.Equal((78, "", "other.json:2:16 session.mainKye: unknown key (did you mean 'mainKey'?)\n"), (people.ExitCode, people.Output, people.Error));
        Assert.Equal(78, programs.ExitCode);
        Assert.Equal("session.mainKye", JsonElement.Parse(programs.Output).Text("issues/0/path"));
        Assert.Equal(0, (await RunAsync("validate")).ExitCode);
    }

    [Fact]
    public async Task What_the_environment_says_otherwise_is_said()
    {
        var set = await ChelaProcess.RunAsync(
            ["config", "set", "gateway.port", "1", "--json", "--state-dir", _folder.Path], "", ("CHELA_GATEWAY__PORT", "2"));

        Assert.Equal("overridden", JsonElement.Parse(set.Output).Text("settings/2/inForce"));
    }

    [Fact]
    public async Task An_editor_is_opened_again_until_the_file_is_good()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // the editors of this test are shell scripts
        }

        await RunAsync("set", "session.mainKey", "one");
        var editor = await EditorAsync("""grep -q mainKye "$1" && sed -i 's/"mainKye": "one"/"mainKey": "two"/' "$1" || sed -i 's/mainKey/mainKye/' "$1" """);

        var edited = await ChelaProcess.RunAsync(["config", "edit", "--state-dir", _folder.Path], "y\n", ("EDITOR", editor));

        Assert.Equal(0, edited.ExitCode);
        Assert.Contains("chela.json:7:5 session.mainKye: unknown key", edited.Error, StringComparison.Ordinal);
        Assert.Equal("two\n", (await RunAsync("get", "session.mainKey")).Output);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.edited.*"));
    }

    [Fact]
    public async Task What_was_edited_in_vain_is_kept_and_the_file_stays()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await RunAsync("set", "session.mainKey", "one");

        var given = await ChelaProcess.RunAsync(
            ["config", "edit", "--state-dir", _folder.Path], "n\n", ("VISUAL", await EditorAsync("""echo '{ "session": 1 }' > "$1" """)));
        var broken = await ChelaProcess.RunAsync(["config", "edit", "--state-dir", _folder.Path], "", ("EDITOR", "false"));

        Assert.Equal(78, given.ExitCode);
        Assert.Equal("{ \"session\": 1 }\n", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(_folder.Path, "*.edited.*")), Ct));
        Assert.Equal(64, broken.ExitCode);
        Assert.Equal("one\n", (await RunAsync("get", "session.mainKey")).Output);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> EditorAsync(string script)
    {
        var file = _folder.File("editor.sh");
        await File.WriteAllTextAsync(file, script + "\n", Ct);
        return $"sh {file}";
    }

    private Task<Result> RunAsync(params string[] command) => ChelaProcess.RunAsync(["config", .. command, "--state-dir", _folder.Path]);
}
