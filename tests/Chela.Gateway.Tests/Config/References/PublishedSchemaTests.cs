using System.Text.Json;
using Chela.Gateway.Config;
using Chela.Gateway.Config.References;
using Chela.Gateway.Config.Secrets;

namespace Chela.Gateway.Tests.Config.References;

[Trait("Requirement", "K1")]
public sealed class PublishedSchemaTests
{
    private static readonly ConfigLoader Loader = new();
    private static readonly JsonElement Published = PublishedSchema.Of(Loader.Schema);

    [Theory]
    [InlineData("gateway.auth.token", true)]
    [InlineData("models.providers.*.apiKey", true)]
    [InlineData("models.providers.*.headers.*", true)]
    [InlineData("mcp.servers.*.env.*", true)]
    [InlineData("channels.webhook.*.secret", true)]
    [InlineData("gateway.hosts.*", false)]
    [InlineData("models.providers.*.baseUrl", false)]
    [InlineData("models.providers.*.models.*.maxTokens", false)]
    public void Where_the_text_of_a_secret_can_stand_a_reference_to_it_can_too(string key, bool isSecret)
    {
        var path = key.Split('.');
        var plain = SettingSchema.Find(Loader.Schema, path)!.Value;
        var found = SettingSchema.Find(Published, path)!.Value;

        Assert.Equal(isSecret ? "#/$defs/secretReference" : null, ReferenceIn(found));
        Assert.Equal(plain.GetProperty("type").GetRawText(), (isSecret ? found.GetProperty("anyOf")[0] : found).GetProperty("type").GetRawText());
    }

    [Fact]
    public void Every_key_of_a_secret_is_among_them_and_no_other()
    {
        var keys = Loader.Keys.All.Where(key => ReferenceIn(SettingSchema.Find(Published, key.Segments)!.Value) is not null).Select(key => key.Path);

        Assert.Equal(Loader.Keys.All.Where(key => SecretNames.IsSecretPath(key.Segments) && SettingSchema.Allows(key.Schema, "string")).Select(key => key.Path), keys);
        Assert.Contains("diagnostics.prometheus.token", keys);
    }

    [Fact]
    public void A_reference_has_what_the_gateway_reads_and_nothing_else()
    {
        var reference = Published.GetProperty("$defs").GetProperty("secretReference");

        Assert.Equal("""["env","file","exec"]""", reference.GetProperty("properties").GetProperty("source").GetProperty("enum").GetRawText());
        Assert.Equal(["source", "id", "provider", "args"], reference.GetProperty("properties").EnumerateObject().Select(property => property.Name));
        Assert.False(reference.GetProperty("additionalProperties").GetBoolean());
    }

    private static string? ReferenceIn(JsonElement schema) =>
        schema.TryGetProperty("anyOf", out var either) ? either[1].GetProperty("$ref").GetString() : null;
}
