using System.Text;
using Chela.Gateway.Hosting;

namespace Chela.Gateway.Tests.Hosting;

[Trait("Requirement", "A7")]
public sealed class RedactedTextTests
{
    [Fact]
    public void Secrets_give_way_and_everything_else_stays_as_it_is()
    {
        const string Text = """
            {
              // Mine: the port of the house.
              "gateway": { "port": 1, "auth": { "token": "super-secret-0123" }, },   /* no comma? */
              "models": { "providers": { "x": { "apiKey": "sk\u002d0123456789", "baseUrl": "http://me:word@host/v1" } } }
            }

            """;

        Assert.Equal(
            Text.Replace("super-secret-0123", "__OPENCLAW_REDACTED__", StringComparison.Ordinal)
                .Replace("sk\\u002d0123456789", "__OPENCLAW_REDACTED__", StringComparison.Ordinal)
                .Replace("me:word", "__OPENCLAW_REDACTED__", StringComparison.Ordinal),
            Of(Text));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("// nothing\r\n{ \"a\": [1, null, true, \"x\"] }")]
    [InlineData("{ \"tools\": { \"allow\": [\"fs.read\"] } }")]
    public void A_text_without_secrets_is_shown_whole(string text) => Assert.Equal(text, Of(text));

    [Theory]
    [InlineData("""{ /* "token": "abc" */ }""", "a comment names a secret")]
    [InlineData("""{ } // http://me:word@host""", "a comment holds an address with credentials")]
    [InlineData("""{ } // k3y0123456789abcdef""", "a comment holds what looks like a key")]
    [InlineData("""{ "token": "opensesame", "name": "opensesame" }""", "the secret stands elsewhere too")]
    [InlineData("""{ "token": "opensesame" } // opensesame""", "the secret stands in a comment")]
    [InlineData("""{ "a": 1, "a": 2 }""", "a key is given twice")]
    [InlineData("""{ "a": """, "it cannot be read")]
    public void Where_a_secret_might_be_left_nothing_is_shown(string text, string why) => Assert.True(Of(text) is null, why);

    [Fact]
    public void A_byte_order_mark_is_left_out() => Assert.Equal("{}", RedactedText.Of([0xEF, 0xBB, 0xBF, .. "{}"u8]));

    private static string? Of(string text) => RedactedText.Of(Encoding.UTF8.GetBytes(text));
}
