using System.Xml;
using Chela.Gateway.Channels.Telegram;
using FsCheck;
using FsCheck.Fluent;

namespace Chela.Gateway.Tests.Channels;

/// <summary>Markdown, as models write it, in the markup of platforms.</summary>
[Trait("Requirement", "C4")]
public sealed class MarkupTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("**bold** and *italic* and ~~gone~~", "<b>bold</b> and <i>italic</i> and <s>gone</s>")]
    [InlineData("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d")]
    [InlineData("`a<b`", "<code>a&lt;b</code>")]
    [InlineData("```cs\nvar a = 1 < 2;\n```", "<pre><code class=\"language-cs\">var a = 1 &lt; 2;</code></pre>")]
    [InlineData("```\nplain\n```", "<pre>plain</pre>")]
    [InlineData("# Title\n\ntext", "<b>Title</b>\n\ntext")]
    [InlineData("- one\n- two\n  - three", "• one\n• two\n   • three")]
    [InlineData("3. three\n4. four", "3. three\n4. four")]
    [InlineData("[here](https://example.org/?a=1&b=2)", "<a href=\"https://example.org/?a=1&amp;b=2\">here</a>")]
    [InlineData("[here](javascript:alert)", "here")]
    [InlineData("<https://example.org>", "<a href=\"https://example.org/\">https://example.org</a>")]
    [InlineData("> said\n> so", "<blockquote>said\nso</blockquote>")]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData("snake_case_name and 2*3*4", "snake_case_name and 2<i>3</i>4")]
    [InlineData("line one\nline two", "line one\nline two")]
    [InlineData("| a | b |\n| --- | --- |\n| 1 | 2 |", "<pre>| a | b |\n| --- | --- |\n| 1 | 2 |</pre>")]
    [InlineData("***", "———")]
    public void Markdown_becomes_the_html_of_telegram(string markdown, string html) => Assert.Equal(html, TelegramHtml.Of(markdown));

    [Fact]
    public void Whatever_a_model_writes_becomes_tags_that_fit_together()
    {
        var texts = Gen.ArrayOf(Gen.Elements("**", "*", "_", "`", "```", "\n", "> ", "- ", "1. ", "[", "](http://a.b)", "<b>", "&", "~~", "word", " ", "| a |\n| - |\n"))
            .Select(string.Concat);

        Prop.ForAll(texts.ToArbitrary(), text => Check(TelegramHtml.Of(text))).QuickCheckThrowOnFailure();
    }

    private static void Check(string html)
    {
        var document = new XmlDocument();
        document.LoadXml($"<all>{html}</all>");
        foreach (XmlNode node in document.SelectNodes("//*")!)
        {
            Assert.Matches("^(all|b|i|s|code|pre|a|blockquote)$", node.Name);
        }
    }
}
