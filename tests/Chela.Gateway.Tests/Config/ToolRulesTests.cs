namespace Chela.Gateway.Tests.Config;

[Trait("Requirement", "G3")]
public sealed class ToolRulesTests
{
    [Theory]
    [InlineData("http", "allowedHosts", "example.org", true)]
    [InlineData("http", "allowedHosts", "*.example.org", true)]
    [InlineData("http", "allowedHosts", "192.0.2.1", true)]
    [InlineData("http", "allowedHosts", "2001:db8::1", true)]
    [InlineData("http", "allowedHosts", "https://example.org", false)]
    [InlineData("http", "allowedHosts", "example.org:80", false)]
    [InlineData("http", "allowedHosts", "*", false)]
    [InlineData("exec", "allow", "git", true)]
    [InlineData("exec", "allow", "/opt/tool/run", true)]
    [InlineData("exec", "allow", "./git", false)]
    [InlineData("exec", "allow", "bin/git", false)]
    [InlineData("exec", "allow", "", false)]
    public void What_is_allowed_has_a_form(string section, string key, string value, bool can)
    {
        var file = $$"""{ "tools": { "{{section}}": { "{{key}}": ["{{value}}"] } } }""";

        var problem = Record.Exception(() => ConfigFixture.Load(file))?.Message;

        Assert.Equal(can, problem is null);
        Assert.True(can || problem!.Contains($"tools.{section}.{key}[0]: must be ", StringComparison.Ordinal), problem);
    }
}
