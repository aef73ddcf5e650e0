using System.Text.Json;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Tests.Schema;

[Trait("Requirement", "A5")]
public sealed class SchemaTextTests
{
    private static readonly JsonElement Schema = new JsonShape(SampleJson.Default.Sample).Schema;

    [Fact]
    public void A_schema_names_its_draft_and_closes_its_object()
    {
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", Schema.GetProperty("$schema").GetString());
        Assert.Equal("Everything that a method may ask for.", Schema.GetProperty("description").GetString());
        Assert.Equal("object", Schema.GetProperty("type").GetString());
        Assert.False(Schema.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal("""["name","limit","client","deep","ratio","level"]""", Schema.GetProperty("required").GetRawText());
    }

    [Theory]
    [InlineData("name", """{"description":"A short name.","type":"string","minLength":1,"maxLength":5}""")]
    [InlineData("limit", """{"type":"integer","minimum":1,"maximum":200}""")]
    [InlineData("level", """{"enum":["Low","High"],"type":"string"}""")]
    [InlineData("since", """{"type":["integer","null"]}""")]
    [InlineData("role", """{"type":["string","null"],"enum":["operator","node",null]}""")]
    [InlineData("type", """{"type":"string","const":"req"}""")]
    [InlineData("word", """{"type":["string","null"],"pattern":"^(?:[a-z]\u002B)$"}""")]
    [InlineData("tags", """{"type":["array","null"],"items":{"type":"string","maxLength":3},"maxItems":2}""")]
    [InlineData("counts", """{"type":["object","null"],"additionalProperties":{"type":"integer"}}""")]
    [InlineData("extra", "{}")]
    [InlineData("at", """{"type":["string","null"],"format":"date-time"}""")]
    [InlineData("a/b~c", """{"type":"number","minimum":0.5,"maximum":2.5}""")]
    public void A_property_carries_what_its_attributes_say(string property, string schema)
    {
        using var expected = JsonDocument.Parse(schema);

        var actual = Schema.GetProperty("properties").GetProperty(property);

        Assert.True(JsonElement.DeepEquals(expected.RootElement, actual), actual.GetRawText());
    }

    [Fact]
    public void A_type_that_holds_itself_is_defined_once()
    {
        var schema = new JsonShape(SampleJson.Default.Branch).Schema;

        Assert.Equal("#/$defs/Branch", schema.GetProperty("$ref").GetString());
        var properties = schema.GetProperty("$defs").GetProperty("Branch").GetProperty("properties");
        Assert.Equal("""{"anyOf":[{"$ref":"#/$defs/Branch"},{"type":"null"}]}""", properties.GetProperty("left").GetRawText());
        Assert.Equal("#/$defs/Branch", properties.GetProperty("more").GetProperty("items").GetProperty("$ref").GetString());
    }
}
