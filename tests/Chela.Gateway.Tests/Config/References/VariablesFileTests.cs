using System.Text;
using Chela.Gateway.Config;
using Chela.Gateway.Config.References;

namespace Chela.Gateway.Tests.Config.References;

[Trait("Requirement", "K1")]
public sealed class VariablesFileTests
{
    [Theory]
    [InlineData("A=1", "1")]
    [InlineData("# a comment\n\n  export A = 1 2  # behind\r\n", "1 2")]
    [InlineData("A=a#b", "a#b")]
    [InlineData("A='$x # \\n'", "$x # \\n")]
    [InlineData("A=\"a \\\"b\\\"\\n\\\\\"", "a \"b\"\n\\")]
    [InlineData("A=1\nA=2", "2")]
    [InlineData("A=", "")]
    public void Lines_set_variables(string text, string expected) => Assert.Equal(expected, Read(text)["A"]);

    [Fact]
    public void The_environment_wins() => Assert.Equal("mine", Read("A=1", new() { ["A"] = "mine" })["A"]);

    [Theory]
    [InlineData("A=1\nB: 2 secret", ".env:2:1: must be NAME=value, a comment or blank")]
    [InlineData("A='secret", ".env:1:1: must be NAME=value, a comment or blank")]
    [InlineData("1A=x", ".env:1:1: must be NAME=value, a comment or blank")]
    public void A_line_of_another_form_is_named_and_not_repeated(string text, string problem) =>
        Assert.Equal(problem, Assert.Throws<ConfigException>(() => Read(text)).Message);

    [Fact]
    public void A_hostile_file_is_refused()
    {
        Assert.Throws<ConfigException>(() => VariablesFile.Add(new byte[VariablesFile.MaxBytes + 1], new Dictionary<string, string>()));
        Assert.Throws<ConfigException>(() => VariablesFile.Add([0xC3, 0x28], new Dictionary<string, string>()));
    }

    private static IReadOnlyDictionary<string, string> Read(string text, Dictionary<string, string>? environment = null) =>
        VariablesFile.Add(Encoding.UTF8.GetBytes(text), environment ?? []);
}
