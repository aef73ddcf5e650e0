using Chela.Gateway.Hosting.OpenClaw;

namespace Chela.Gateway.Tests.Hosting;

[Trait("Requirement", "K2")]
public sealed class Json5TextTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("\uFEFF // first\n{ /* second */ a: 1, } // last", """{"a":1}""")]
    [InlineData("{ 'it''s': 1 }", null)]
    [InlineData("{ $a_1: 'it\\'s', \"b\": \"\\u0041\\x42\\n\", c: 'one \\\nline' }", """{"$a_1":"it\u0027s","b":"AB\n","c":"one line"}""")]
    [InlineData("[0x1F, -2, +3, .5, 1e3, -0.25]", "[31,-2,3,0.5,1000,-0.25]")]
    [InlineData("[true, false, null, ]", "[true,false,null]")]
    [InlineData("{ a: 1, a: 2 }", """{"a":2}""")]
    [InlineData("", null)]
    [InlineData("{ a: }", null)]
    [InlineData("{ a 1 }", null)]
    [InlineData("[1 2]", null)]
    [InlineData("[1,,2]", null)]
    [InlineData("{ a: NaN }", null)]
    [InlineData("{ a: 'x\n' }", null)]
    [InlineData("{ a: '\\u12' }", null)]
    [InlineData("{ a: 1", null)]
    [InlineData("{} x", null)]
    [InlineData("{ /* }", null)]
    public void A_text_is_read_or_refused(string text, string? json)
    {
        if (json is null)
        {
            Assert.Throws<FormatException>(() => Json5Text.Parse(text));
        }
        else
        {
            Assert.Equal(json, Json5Text.Parse(text)?.ToJsonString());
        }
    }

    [Fact]
    public void A_refusal_says_where() =>
        Assert.StartsWith("line 2, column 8:", Assert.Throws<FormatException>(() => Json5Text.Parse("{\n  a: 1 b }")).Message, StringComparison.Ordinal);

    [Fact]
    public void Depth_is_bounded() => Assert.Throws<FormatException>(() => Json5Text.Parse(new string('[', 100_000)));
}
