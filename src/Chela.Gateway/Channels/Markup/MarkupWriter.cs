using System.Globalization;
using System.Text;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Chela.Gateway.Channels.Markup;

/// <summary>Writes Markdown, as models do, in the markup of a platform. What the platform has no markup for stays readable text.</summary>
internal static class MarkupWriter
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UseEmphasisExtras().UsePipeTables().Build();

    /// <summary>The text in that markup. Deep nesting is cut off by the parser, so that a hostile text costs no more than a long one.</summary>
    public static string Write(string markdown, MarkupStyle style) => Blocks(Markdown.Parse(markdown, Pipeline), style, "\n\n", markdown);

    private static string Blocks(ContainerBlock blocks, MarkupStyle style, string between, string source) =>
        string.Join(between, blocks.Select(block => Block(block, style, source)).Where(text => text.Length > 0));

    private static string Block(Block block, MarkupStyle style, string source) => block switch
    {
        HeadingBlock heading => style.Heading(Inlines(heading.Inline, style)),
        ParagraphBlock paragraph => Inlines(paragraph.Inline, style),
        FencedCodeBlock fenced => style.Block(fenced.Lines.ToString(), fenced.Info ?? ""),
        CodeBlock code => style.Block(code.Lines.ToString(), ""),
        QuoteBlock quote => style.Quote(Blocks(quote, style, "\n", source)),
        ListBlock list => Items(list, style, source),
        ThematicBreakBlock => style.Text("———"),
        Table table => style.Block(source[table.Span.Start..Math.Min(source.Length, table.Span.End + 1)], ""),
        HtmlBlock html => style.Text(html.Lines.ToString()),
        LinkReferenceDefinitionGroup => "",
        ContainerBlock other => Blocks(other, style, "\n\n", source),
        LeafBlock { Inline: { } inline } => Inlines(inline, style),
        _ => style.Text(source[block.Span.Start..Math.Min(source.Length, block.Span.End + 1)]),
    };

    private static string Items(ListBlock list, MarkupStyle style, string source)
    {
        var lines = new StringBuilder();
        var number = int.TryParse(list.OrderedStart, NumberStyles.None, CultureInfo.InvariantCulture, out var first) ? first : 1;
        foreach (var item in list.OfType<ListItemBlock>())
        {
            var mark = list.IsOrdered ? style.Text(string.Create(CultureInfo.InvariantCulture, $"{number++}. ")) : "• ";
            lines.Append(lines.Length > 0 ? "\n" : "").Append(mark).Append(Blocks(item, style, "\n", source).Replace("\n", "\n   ", StringComparison.Ordinal));
        }

        return lines.ToString();
    }

    /// <summary>Plain text that the parser cut into pieces, as it does at signs that turn out to mean nothing, is given to the style as a whole.</summary>
    private static string Inlines(ContainerInline? inlines, MarkupStyle style)
    {
        var (written, plain) = (new StringBuilder(), new StringBuilder());
        foreach (var inline in inlines ?? [])
        {
            if (inline is LiteralInline literal)
            {
                plain.Append(literal.Content.AsSpan());
                continue;
            }

            written.Append(style.Text(plain.ToString())).Append(One(inline, style));
            plain.Clear();
        }

        return written.Append(style.Text(plain.ToString())).ToString();
    }

    private static string One(Inline inline, MarkupStyle style) => inline switch
    {
        CodeInline code => style.Code(code.Content),
        EmphasisInline emphasis => Emphasis(emphasis, style),
        LinkInline link => Link(Inlines(link, style), link.Url, style),
        AutolinkInline link => Link(style.Text(link.Url), link.IsEmail ? $"mailto:{link.Url}" : link.Url, style),
        LineBreakInline => "\n",
        HtmlInline html => style.Text(html.Tag),
        HtmlEntityInline entity => style.Text(entity.Transcoded.ToString()),
        ContainerInline other => Inlines(other, style),
        _ => style.Text(inline.ToString() ?? ""),
    };

    private static string Emphasis(EmphasisInline emphasis, MarkupStyle style)
    {
        var inner = Inlines(emphasis, style);
        return (emphasis.DelimiterChar, emphasis.DelimiterCount) switch
        {
            ('*' or '_', 1) => style.Italic(inner),
            ('*' or '_', _) => style.Bold(inner),
            ('~', 2) => style.Struck(inner),
            var (letter, count) => $"{style.Text(new string(letter, count))}{inner}{style.Text(new string(letter, count))}",
        };
    }

    private static string Link(string inner, string? address, MarkupStyle style) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https" or "mailto") && inner.Length > 0 ? style.Link(inner, uri.AbsoluteUri)
        : inner.Length > 0 ? inner
        : style.Text(address ?? "");
}
