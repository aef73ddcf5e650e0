using System.Net;
using System.Text;

namespace Chela.Gateway.Agents.Tools.Http;

/// <summary>The words of a page, without its scripts and styles: one step from left to right, so that no page takes longer than its length.</summary>
internal sealed class HtmlText
{
    private static readonly string[] Hidden = ["script", "style", "noscript", "template", "svg", "iframe", "object", "textarea"];

    private static readonly string[] Blocks =
    [
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
        "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "title", "tr", "ul",
    ];

    private readonly string _html;
    private readonly StringBuilder _text = new();
    private int _at;

    private HtmlText(string html) => _html = html;

    /// <summary>The text, a line for each paragraph.</summary>
    public static string Extract(string html)
    {
        var reader = new HtmlText(html);
        while (reader._at < html.Length)
        {
            reader.Step();
        }

        return reader._text.ToString().Trim();
    }

    private void Step()
    {
        var open = _html.IndexOf('<', _at);
        var end = open < 0 ? _html.Length : open;
        Say(WebUtility.HtmlDecode(_html[_at..end]));
        _at = end;
        if (open < 0)
        {
            return;
        }

        if (_html.AsSpan(open).StartsWith("<!--", StringComparison.Ordinal))
        {
            _at = After("-->", open + 4);
        }
        else if (open + 1 < _html.Length && (char.IsAsciiLetter(_html[open + 1]) || _html[open + 1] is '/' or '!' or '?'))
        {
            Tag(open + 1);
        }
        else
        {
            Say("<");
            _at = open + 1;
        }
    }

    private void Tag(int at)
    {
        var isEnd = _html[at] == '/';
        var begin = isEnd ? at + 1 : at;
        var end = begin;
        while (end < _html.Length && char.IsAsciiLetterOrDigit(_html[end]))
        {
            end++;
        }

        var name = _html[begin..end].ToLowerInvariant();
        _at = EndOfTag(end);
        if (!isEnd && Hidden.Contains(name))
        {
            _at = After(">", After($"</{name}", _at));
        }
        else if (Blocks.Contains(name))
        {
            Break(name == "li" && !isEnd ? "- " : "");
        }
        else if (name is "td" or "th" or "img")
        {
            Say(" ");
        }
    }

    /// <summary>The place behind a tag; a <c>></c> in quotes is not its end.</summary>
    private int EndOfTag(int at)
    {
        var quote = '\0';
        for (; at < _html.Length; at++)
        {
            var c = _html[at];
            if (quote == '\0' && c == '>')
            {
                return at + 1;
            }

            quote = quote == c ? '\0' : quote == '\0' && c is '"' or '\'' ? c : quote;
        }

        return at;
    }

    private int After(string text, int at) =>
        at < _html.Length && _html.IndexOf(text, at, StringComparison.OrdinalIgnoreCase) is >= 0 and var found ? found + text.Length : _html.Length;

    /// <summary>Adds words, with one space where there is white space.</summary>
    private void Say(string words)
    {
        foreach (var c in words)
        {
            if (!char.IsWhiteSpace(c))
            {
                _text.Append(c);
            }
            else if (_text.Length > 0 && _text[^1] is not (' ' or '\n'))
            {
                _text.Append(' ');
            }
        }
    }

    private void Break(string begin)
    {
        if (_text.Length > 0 && _text[^1] == ' ')
        {
            _text.Length--;
        }

        if (_text.Length > 0 && _text[^1] != '\n')
        {
            _text.Append('\n');
        }

        _text.Append(begin);
    }
}
