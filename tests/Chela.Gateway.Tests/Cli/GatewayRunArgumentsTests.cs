using Chela.Cli;

namespace Chela.Gateway.Tests.Cli;

[Trait("Requirement", "O5")]
public sealed class GatewayRunArgumentsTests
{
    [Fact]
    public void The_short_way_reads_every_option()
    {
        string[] args = ["--port", "0", "--bind", "lan", "--state-dir", "/s", "--token", "t", "--config", "c.json", "--safe-mode", "--verbose"];

        Assert.True(GatewayRunArguments.TryRead(args, out var options));

        Assert.Equal(
            new GatewayRunOptions { Port = 0, Bind = "lan", StateDirectory = "/s", Token = "t", ConfigFile = "c.json", SafeMode = true, Verbose = true },
            options);
    }

    [Fact]
    public void The_short_way_knows_the_same_options_as_the_command()
    {
        foreach (var option in GatewayRunCommand.Create().Options)
        {
            string[] args = option.ValueType == typeof(bool) ? [option.Name] : [option.Name, "1"];

            Assert.True(GatewayRunArguments.TryRead(args, out _), option.Name);
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--port")]
    [InlineData("--port=1")]
    [InlineData("--port x")]
    [InlineData("--port -1")]
    [InlineData("--port 65536")]
    [InlineData("--port 1 --port 2")]
    [InlineData("--verbose --verbose")]
    [InlineData("--safe-mode --no-safe-mode")]
    [InlineData("--verbose true")]
    [InlineData("--unknown 1")]
    [InlineData("extra")]
    public void What_is_not_plain_is_left_to_the_library(string line) =>
        Assert.False(GatewayRunArguments.TryRead(line.Split(' '), out _));

    [Fact]
    public void The_token_is_not_in_the_text_of_the_options() =>
        Assert.DoesNotContain("secret", new GatewayRunOptions { Token = "secret" }.ToString(), StringComparison.Ordinal);
}
