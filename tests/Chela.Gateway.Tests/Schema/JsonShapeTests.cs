using System.Text;
using System.Text.Json;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Tests.Schema;

[Trait("Requirement", "A5")]
public sealed class JsonShapeTests
{
    private const string Good = """
        "name":"ann","limit":5,"client":{"id":"x"},"deep":true,"ratio":0.5,"level":"Low"
        """;

    private static readonly JsonShape Shape = new(SampleJson.Default.Sample);

    private static string Check(string json) => ShapeProblem.Join(Shape.Check(Encoding.UTF8.GetBytes(json)));

    private static string CheckWith(string extra) => Check($"{{{Good},{extra}}}");

    [Fact]
    public void A_value_that_fits_has_no_problem() => Assert.Equal("", Check($"{{{Good}}}"));

    [Theory]
    [InlineData("[]", "must be object")]
    [InlineData("null", "must be object")]
    [InlineData("5", "must be object")]
    [InlineData("", "must be valid JSON")]
    [InlineData("{", "must be valid JSON")]
    [InlineData("{} {}", "must be valid JSON")]
    [InlineData("{\"name\":\"a\",}", "must be valid JSON")]
    [InlineData("{/* no */}", "must be valid JSON")]
    public void A_wrong_root_is_named_without_a_place(string json, string problem) => Assert.Equal(problem, Check(json));

    [Fact]
    public void Everything_missing_is_named_in_the_order_of_the_type() => Assert.Equal(
        "must have required property 'name'; must have required property 'limit'; must have required property 'client'; "
        + "must have required property 'deep'; must have required property 'ratio'; must have required property 'level'",
        Check("{}"));

    [Fact]
    public void Missing_comes_before_unexpected_and_both_before_wrong_values() => Assert.Equal(
        "must have required property 'name'; at root: unexpected property 'bogus'; at /limit: must be integer; "
        + "at /client: must have required property 'id'; at /client: unexpected property 'more'; at /client/label: must be string",
        Check("""{"limit":"x","client":{"label":5,"more":[{}]},"deep":true,"bogus":{"a":[1]},"ratio":1,"level":"High"}"""));

    [Theory]
    [InlineData("""{"name":""}""", "at /name: must NOT have fewer than 1 characters")]
    [InlineData("""{"name":"123456"}""", "at /name: must NOT have more than 5 characters")]
    [InlineData("""{"name":7}""", "at /name: must be string")]
    [InlineData("""{"name":null}""", "at /name: must be string")]
    [InlineData("""{"limit":0}""", "at /limit: must be >= 1")]
    [InlineData("""{"limit":201}""", "at /limit: must be <= 200")]
    [InlineData("""{"limit":1.0}""", "at /limit: must be integer")]
    [InlineData("""{"limit":1e1}""", "at /limit: must be integer")]
    [InlineData("""{"limit":99999999999999999999}""", "at /limit: must be <= 200")]
    [InlineData("""{"deep":"true"}""", "at /deep: must be boolean")]
    [InlineData("""{"ratio":"1"}""", "at /ratio: must be number")]
    [InlineData("""{"ratio":1e999}""", "at /ratio: must be number")]
    [InlineData("""{"client":[]}""", "at /client: must be object")]
    [InlineData("""{"tags":{}}""", "at /tags: must be array")]
    [InlineData("""{"tags":["a","b","c"]}""", "at /tags: must NOT have more than 2 items")]
    [InlineData("""{"tags":["abcd"]}""", "at /tags/0: must NOT have more than 3 characters")]
    [InlineData("""{"tags":["a",null]}""", "at /tags/1: must be string")]
    [InlineData("""{"counts":{"a/b":1.5}}""", "at /counts/a~1b: must be integer")]
    [InlineData("""{"since":9223372036854775808}""", "at /since: must be <= 9223372036854775807")]
    [InlineData("""{"role":"admin"}""", "at /role: must be equal to one of the allowed values")]
    [InlineData("""{"level":"Medium"}""", "at /level: must be equal to one of the allowed values")]
    [InlineData("""{"type":"res"}""", "at /type: must be equal to constant")]
    [InlineData("""{"word":"Abc"}""", "at /word: must match pattern \"[a-z]+\"")]
    [InlineData("""{"word":"abc\n"}""", "at /word: must match pattern \"[a-z]+\"")]
    [InlineData("""{"at":"yesterday"}""", "at /at: must match format \"date-time\"")]
    [InlineData("""{"at":5}""", "at /at: must be string")]
    [InlineData("""{"data":"%%"}""", "at /data: must be valid")]
    [InlineData("""{"a/b~c":0.25}""", "at /a~1b~0c: must be >= 0.5")]
    [InlineData("""{"tree":{"value":1,"left":{"value":"x"}}}""", "at /tree/left/value: must be integer")]
    [InlineData("""{"tree":{"value":1,"more":[{"value":2,"lost":1}]}}""", "at /tree/more/0: unexpected property 'lost'")]
    [InlineData("""{"extra":{"a":1,"a":2}}""", "at /extra: duplicate property 'a'")]
    [InlineData("""{"name":"\ud800"}""", "at /name: must be string")]
    [InlineData("""{"extra":["\udc00"]}""", "at /extra/0: must be valid")]
    public void A_wrong_value_is_named_by_its_pointer(string changed, string problem)
    {
        using var document = JsonDocument.Parse(changed);
        var names = document.RootElement.EnumerateObject().Select(p => p.Name).ToHashSet();
        using var good = JsonDocument.Parse($"{{{Good}}}");
        var kept = good.RootElement.EnumerateObject().Where(p => !names.Contains(p.Name)).Select(p => p.ToString());

        Assert.Equal(problem, Check($"{{{string.Join(',', kept)},{changed.AsSpan(1)}"));
    }

    [Theory]
    [InlineData("\"role\":null,\"since\":null,\"tags\":null,\"tree\":null,\"extra\":null")]
    [InlineData("\"role\":\"node\",\"word\":\"abc\",\"type\":\"req\",\"at\":\"2026-11-21T10:00:00Z\",\"data\":\"AAEC\"")]
    [InlineData("\"counts\":{\"a\":1,\"b\":-2},\"extra\":{\"any\":[1,{\"x\":null}]},\"a\\u002fb~c\":2")]
    [InlineData("\"tree\":{\"value\":1,\"left\":{\"value\":2,\"left\":null},\"more\":[]}")]
    public void What_may_be_left_out_may_be_given(string extra) => Assert.Equal("", CheckWith(extra));

    [Fact]
    public void A_property_given_twice_is_refused_even_where_it_is_unknown()
    {
        Assert.Equal("at root: duplicate property 'name'", CheckWith("\"name\":\"bob\""));
        Assert.Equal("at root: duplicate property 'name'", CheckWith("\"n\\u0061me\":\"bob\""));
        Assert.Equal("at root: unexpected property 'x'; at root: duplicate property 'x'", CheckWith("\"x\":1,\"x\":2"));
    }

    [Fact]
    public void Characters_are_counted_as_code_points()
    {
        Assert.Equal("", Check($"{{{Good.Replace("ann", "😀é日本語", StringComparison.Ordinal)}}}"));
        Assert.Equal("", Check($"{{{Good.Replace("ann", "\\ud83d\\ude00bcde", StringComparison.Ordinal)}}}"));
    }

    [Fact]
    public void An_unexpected_property_carries_the_nearest_known_one()
    {
        var problem = Assert.Single(Shape.Check(Encoding.UTF8.GetBytes($"{{{Good},\"limt\":1}}")));

        Assert.Equal(("limt", "limit", "/limt"), (problem.Property, problem.Nearest, problem.Target));
        Assert.Equal("at root: unexpected property 'limt'", problem.ToString());
    }

    [Fact]
    public void At_most_twenty_problems_are_kept()
    {
        var many = string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"x{i}\":{i}"));

        var problems = Shape.Check(Encoding.UTF8.GetBytes($"{{{many}}}"));

        Assert.Equal(ProblemList.Limit, problems.Count);
        Assert.Equal(6, problems.Count(p => p.Kind == ShapeProblemKind.Missing));
    }

    [Fact]
    public void A_hostile_name_is_shortened_and_kept_on_one_line()
    {
        var problem = CheckWith($"\"a\\n{new string('b', 5_000)}\":1");

        Assert.Equal($"at root: unexpected property 'a?{new string('b', 61)}…'", problem);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(100_000, false)]
    public void Nesting_ends_at_sixty_four_levels(int levels, bool fits)
    {
        var inner = levels - 1;
        var json = $"{{{Good},\"extra\":{new string('[', inner)}{new string(']', inner)}}}";

        Assert.Equal(fits ? "" : "must be valid JSON of at most 64 levels", Check(json));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused() => Assert.Equal(
        "must be valid UTF-8", ShapeProblem.Join(Shape.Check([.. "{\"name\":\""u8, 0xC3, 0x28, .. "\"}"u8])));

    [Fact]
    public void An_element_is_checked_like_its_text()
    {
        using var document = JsonDocument.Parse("""{"params":{"limit":true}}""");

        var problems = ShapeProblem.Join(Shape.Check(document.RootElement.GetProperty("params")));

        Assert.Contains("at /limit: must be integer", problems, StringComparison.Ordinal);
        Assert.Equal("must be object", ShapeProblem.Join(Shape.Check(default(JsonElement))));
    }

    [Fact]
    public void Numbers_keep_to_the_range_of_their_type() => Assert.Equal(
        "at /port: must be <= 2147483647; at /small: must be >= 0; at /big: must be >= 0; at /price: must be number",
        ShapeProblem.Join(new JsonShape(SampleJson.Default.Settings).Check("""{"port":2147483648,"small":-1,"big":-1,"price":1e40}"""u8)));

    [Fact]
    public void A_type_that_collects_the_rest_is_open() => Assert.Empty(
        new JsonShape(SampleJson.Default.OpenSettings).Check("""{"port":1,"other":{"a":[]}}"""u8));

    [Fact]
    public void Only_what_deserialising_does_not_verify_counts_as_a_constraint()
    {
        Assert.True(Shape.HasConstraints);
        Assert.False(new JsonShape(SampleJson.Default.Plain).HasConstraints);
        Assert.False(new JsonShape(SampleJson.Default.OpenSettings).HasConstraints);
        Assert.True(new JsonShape(SampleJson.Default.Names).HasConstraints);
    }

    [Fact]
    public void An_attribute_without_counterpart_is_a_mistake_of_the_author()
    {
        var shape = new JsonShape(SampleJson.Default.Mistaken);

        Assert.Throws<NotSupportedException>(() => shape.Check("{}"u8));
    }
}
