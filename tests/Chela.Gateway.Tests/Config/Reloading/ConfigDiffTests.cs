using System.Text.Json;
using Chela.Gateway.Config.Reloading;

namespace Chela.Gateway.Tests.Config.Reloading;

[Trait("Requirement", "K3")]
public sealed class ConfigDiffTests
{
    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", "")]
    [InlineData("""{"a":1}""", """{"a":2}""", "a")]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"c":2,"b":3}}""", "a.b")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1,3]}""", "a")]
    [InlineData("""{"a":{}}""", """{"a":{"new":{"x":1}}}""", "a.new")]
    [InlineData("""{"a":{"old":{"x":1}},"b":1}""", """{"a":{},"b":2}""", "a.old b")]
    [InlineData("""{"a":{"b":1}}""", """{"a":"b"}""", "a")]
    public void The_narrowest_settings_that_differ_are_named(string before, string after, string expected) =>
        Assert.Equal(expected, string.Join(' ', ConfigDiff.Between(JsonElement.Parse(before), JsonElement.Parse(after))));

    [Fact]
    public void A_name_with_dots_is_one_step_of_the_path()
    {
        var path = Assert.Single(ConfigDiff.Between(JsonElement.Parse("""{"a":{}}"""), JsonElement.Parse("""{"a":{"gpt-4.1":"x"}}""")));

        Assert.Equal(["a", "gpt-4.1"], path.Segments);
    }
}
