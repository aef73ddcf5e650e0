namespace Chela.Gateway.Tests.Cli;

[Trait("Requirement", "O5")]
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", "echo hi | chela chat")]
    [InlineData("gateway", "chela gateway status")]
    [InlineData("gateway run", "chela gateway run --port")]
    [InlineData("gateway status", "chela gateway status --json")]
    [InlineData("gateway schema", "chela gateway schema chat.send")]
    [InlineData("gateway call", "chela gateway call sessions.list --params")]
    [InlineData("devices", "chela devices setup-code")]
    [InlineData("devices list", "chela devices list --json")]
    [InlineData("devices approve", "chela devices approve REQUEST")]
    [InlineData("devices setup-code", "chela devices setup-code --public-url wss://gateway.example")]
    [InlineData("config", "chela config set agents.defaults.model")]
    [InlineData("config get", "chela config get session.mainKey")]
    [InlineData("config set", "chela config set gateway.port 18790")]
    [InlineData("config unset", "chela config unset agents.list[1]")]
    [InlineData("config diff", "chela config diff running")]
    [InlineData("doctor", "chela doctor --fix")]
    [InlineData("security", "chela security audit")]
    [InlineData("security audit", "chela security audit --fix")]
    [InlineData("migrate openclaw", "chela migrate openclaw --dry-run")]
    [InlineData("chat", "chela chat \"What is on my list today?\"")]
    public async Task Help_of_every_command_ends_with_examples(string command, string example)
    {
        var help = await ChelaProcess.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(0, help.ExitCode);
        Assert.Contains("Examples:", help.Output, StringComparison.Ordinal);
        Assert.Contains(example, help.Output, StringComparison.Ordinal);
        Assert.Empty(help.Error);
    }

    [Fact]
    public async Task Help_lists_the_exit_codes()
    {
        var help = await ChelaProcess.RunAsync(["--help"]);

        foreach (var code in new[] { "0 ", "1 ", "64 ", "69 ", "70 ", "73 ", "75 ", "77 ", "78 ", "130 " })
        {
            Assert.Contains("\n  " + code, help.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_version_is_a_number_without_a_commit()
    {
        var version = await ChelaProcess.RunAsync(["--version"]);

        Assert.Matches(@"^chela \d+\.\d+\.\d+\n$", version.Output.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("gatway", "gateway")]
    [InlineData("gateway statsu", "status")]
    [InlineData("gateway status --jsn", "--json")]
    public async Task A_mistyped_word_is_refused_with_a_suggestion(string line, string suggestion)
    {
        var refused = await ChelaProcess.RunAsync(line.Split(' '));

        Assert.Equal(64, refused.ExitCode);
        Assert.Empty(refused.Output);
        Assert.Contains("Did you mean", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"\n{suggestion}\n", refused.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("--help", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gateway")]
    [InlineData("gateway call")]
    [InlineData("gateway call health --params {")]
    [InlineData("gateway status --timeout soon")]
    [InlineData("gateway status --timeout 0")]
    [InlineData("gateway status --url ftp://example")]
    [InlineData("gateway status --url nonsense")]
    [InlineData("gateway run --port 65536")]
    [InlineData("gateway run --port many")]
    [InlineData("gateway run --prot 1")]
    [InlineData("chat --jsn hi")]
    public async Task A_wrong_command_line_is_64_and_prints_nothing_on_the_output(string line)
    {
        var refused = await ChelaProcess.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(64, refused.ExitCode);
        Assert.Empty(refused.Output);
        Assert.NotEmpty(refused.Error);
    }
}
