using System.Net;
using Chela.Gateway.Channels.Markup;

namespace Chela.Gateway.Channels.Telegram;

/// <summary>The few tags of HTML that Telegram knows (https://core.telegram.org/bots/api#html-style). Everything else is escaped.</summary>
internal sealed class TelegramHtml : MarkupStyle
{
    /// <summary>What Telegram calls it.</summary>
    public const string ParseMode = "HTML";

    private static readonly TelegramHtml Style = new();

    /// <summary>The text, which is Markdown, in these tags.</summary>
    public static string Of(string markdown) => MarkupWriter.Write(markdown, Style);

    public override string Text(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    public override string Bold(string inner) => $"<b>{inner}</b>";

    public override string Italic(string inner) => $"<i>{inner}</i>";

    public override string Struck(string inner) => $"<s>{inner}</s>";

    public override string Code(string code) => $"<code>{Text(code)}</code>";

    public override string Block(string code, string language) => language.Length > 0
        ? $"<pre><code class=\"language-{WebUtility.HtmlEncode(language)}\">{Text(code)}</code></pre>"
        : $"<pre>{Text(code)}</pre>";

    public override string Quote(string inner) => $"<blockquote>{inner}</blockquote>";

    public override string Link(string inner, string address) => $"<a href=\"{WebUtility.HtmlEncode(address)}\">{inner}</a>";
}
