using Chela.Gateway.Agents.Tools.Http;

namespace Chela.Gateway.Tests.Agents.Tools.Http;

[Trait("Requirement", "G3")]
public sealed class HtmlTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("<p>one</p><p>two</p>", "one\ntwo")]
    [InlineData("<html><head><title>T</title><style>p { x }</style></head><body>b</body></html>", "T\nb")]
    [InlineData("a<script>if (1 < 2) { '</p>' }</script>b", "ab")]
    [InlineData("a<SCRIPT type='x>y'>x</ScRiPt >b", "ab")]
    [InlineData("a<!-- <b> -->c", "ac")]
    [InlineData("<ul><li>one<li>two</ul>", "- one\n- two")]
    [InlineData("a  \n\t b<br>c", "a b\nc")]
    [InlineData("<tr><td>1</td><td>2</td></tr>", "1 2")]
    [InlineData("1 &lt; 2 &amp;amp; &#228;", "1 < 2 &amp; ä")]
    [InlineData("<a href=\"x>y\">link</a>", "link")]
    [InlineData("1 < 2 and 3 > 2", "1 < 2 and 3 > 2")]
    [InlineData("a<script>never ends", "a")]
    [InlineData("a<!-- never ends", "a")]
    [InlineData("a<p never ends", "a")]
    [InlineData("a<", "a<")]
    [InlineData("", "")]
    public void The_words_of_a_page(string html, string text) => Assert.Equal(text, HtmlText.Extract(html));

    [Theory]
    [InlineData("<")]
    [InlineData("<a")]
    [InlineData("<!--")]
    [InlineData("<script>")]
    [InlineData("</")]
    [InlineData("<a href='")]
    [InlineData("<p>")]
    public void No_page_takes_longer_than_its_length(string piece) =>
        Assert.DoesNotContain("script", HtmlText.Extract(string.Concat(Enumerable.Repeat(piece, FetchedPage.MaxBytes / piece.Length))), StringComparison.Ordinal);
}
