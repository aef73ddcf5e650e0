using System.Text.Json;
using Chela.Gateway.Config;
using Chela.Gateway.Hosting;

namespace Chela.Gateway.Tests.Hosting;

[Trait("Requirement", "W9")]
public sealed class ConfigSchemaLookupTests
{
    private static readonly ConfigSchemaLookup Lookup = new(new ConfigLoader().Schema);

    [Fact]
    public void A_value_is_found_with_what_it_may_be()
    {
        var port = Lookup.Find("gateway.port")!;

        Assert.Equal(("gateway.port", "gateway.port", "restart"), (port.Path, port.HintPath, port.ReloadKind));
        Assert.Equal(65535, port.Schema.GetProperty("maximum").GetInt32());
        Assert.Equal(port.Schema.GetProperty("description").GetString(), port.Hint!.Help);
        Assert.Empty(port.Children);
        Assert.True(Lookup.Find("gateway.auth.token")!.Hint!.Sensitive);
    }

    [Fact]
    public void A_setting_that_holds_others_names_them_and_does_not_bring_them()
    {
        var session = Lookup.Find("session")!;

        Assert.False(session.Schema.TryGetProperty("properties", out _));
        var key = session.Children.Single(child => child.Key == "mainKey");
        Assert.Equal(("session.mainKey", false, "string"), (key.Path, key.HasChildren, key.Type!.Value.GetString()));
        Assert.True(session.Children.Single(child => child.Key == "reset").HasChildren);
        Assert.Equal(("*", true), session.Children.Where(child => child.Key == "identityLinks").Select(child => (Lookup.Find(child.Path)!.Children[0].Key, child.HasChildren)).Single());
    }

    [Theory]
    [InlineData("agents.list[0].id")]
    [InlineData("agents.list.*.id")]
    [InlineData("agents.list[*].id")]
    [InlineData("agents.list.0.id")]
    public void Places_in_lists_are_written_in_several_ways(string path)
    {
        Assert.Equal("string", Lookup.Find(path)!.Schema.GetProperty("type").GetString());
        Assert.True(Lookup.Find("agents.list.*")!.Children.Single(child => child.Key == "id").Required);
    }

    [Fact]
    public void The_whole_is_a_dot_and_a_name_of_the_user_leads_to_what_all_share()
    {
        var root = Lookup.Find(".")!;

        Assert.Equal((".", (string?)null), (root.Path, root.ReloadKind));
        Assert.Contains("gateway", root.Children.Select(child => child.Path));
        Assert.Equal("models.providers.mine.apiKey", Lookup.Find("models.providers.mine.apiKey")!.Path);
        Assert.Equal(JsonValueKind.Object, Lookup.Find("models.providers")!.Schema.GetProperty("additionalProperties").ValueKind);
    }

    [Theory]
    [InlineData("nope")]
    [InlineData("session.nope")]
    [InlineData("agents.list.main")]
    [InlineData("gateway.port.x")]
    [InlineData("..")]
    [InlineData("[]")]
    public void What_is_no_key_is_not_found(string path) => Assert.Null(Lookup.Find(path));
}
