using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config.Editing;

namespace Chela.Gateway.Tests.Config.Editing;

[Trait("Requirement", "W9")]
public sealed class ConfigMergeTests
{
    [Theory]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":3}}""", """{"a":{"b":3,"c":2}}""")]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":null}}""", """{"a":{"c":2}}""")]
    [InlineData("""{"a":1}""", """{"a":{"b":2,"c":null}}""", """{"a":{"b":2}}""")]
    [InlineData("""{"a":[1]}""", """{"a":[1,2]}""", """{"a":[1,2]}""")]
    [InlineData("""{"a":[{"id":"x","n":1},{"id":"y"}]}""", """{"a":[{"id":"x","n":2},{"id":"z"}]}""", """{"a":[{"id":"x","n":2},{"id":"y"},{"id":"z"}]}""")]
    public void A_patch_is_laid_over_the_settings(string settings, string patch, string expected) =>
        Assert.True(JsonNode.DeepEquals(Parse(expected), new ConfigMerge([]).Merge(Parse(settings), Parse(patch))));

    [Theory]
    [InlineData("""{"a":[1,2]}""", """{"a":[2]}""", "a")]
    [InlineData("""{"a":[1]}""", """{"a":null}""", "a")]
    [InlineData("""{"a":[1]}""", """{"a":"x"}""", "a")]
    [InlineData("""{"a":{"b":{"c":[1]}}}""", """{"a":null}""", "a.b.c")]
    [InlineData("""{"a":{"b":[1]}}""", """{"a":"x"}""", "a.b")]
    [InlineData("""{"a":{"b":[{"id":"x","in":["p","q"]}]}}""", """{"a":{"b":[{"id":"x","in":["p"]}]}}""", "a.b[].in")]
    [InlineData("""{"a":[{"id":"x"}]}""", """{"a":[]}""", "a")]
    public void What_a_list_would_lose_must_be_named(string settings, string patch, string path)
    {
        var refused = Assert.Throws<RpcException>(() => new ConfigMerge(["other", path + ".below"]).Merge(Parse(settings), Parse(patch)));
        new ConfigMerge([path]).Merge(Parse(settings), Parse(patch));

        Assert.Equal($"config.patch would remove items from the list {path}; name it in replacePaths to replace it whole", refused.Message);
    }

    [Theory]
    [InlineData("""{"a":{"b":1,"c":[1]},"d":2}""", """{"a":{"b":2,"c":[1]}}""", "d a.b")]
    [InlineData("""{"a":[{"id":"x","n":1},{"id":"y"}]}""", """{"a":[{"id":"x","n":2},{"id":"y"},{"id":"z"}]}""", "a[0].n a.-")]
    [InlineData("""{"a":[{"id":"x"},{"id":"y"}]}""", """{"a":[{"id":"y"}]}""", "a")]
    [InlineData("{}", """{"a":{"b":1}}""", "a")]
    public void Only_what_differs_is_edited(string before, string after, string keys)
    {
        var edits = ConfigEdits.Between(Parse(before), Parse(after));

        Assert.Equal(keys, string.Join(' ', edits.Select(edit => edit.Key)));
        Assert.True(JsonNode.DeepEquals(Parse(after), edits.Aggregate(Parse(before), (settings, edit) => edit.ApplyTo(settings))));
    }

    private static JsonObject Parse(string text) => JsonNode.Parse(text)!.AsObject();
}
