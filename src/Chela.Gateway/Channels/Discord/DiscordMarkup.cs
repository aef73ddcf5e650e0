using System.Text;
using Chela.Gateway.Channels.Markup;

namespace Chela.Gateway.Channels.Discord;

/// <summary>The Markdown of Discord, which has no tables, rules or deep headings, and in which a line break is one.</summary>
internal sealed class DiscordMarkup : MarkupStyle
{
    private static readonly DiscordMarkup Style = new();

    /// <summary>The text, which is Markdown, as Discord reads it.</summary>
    public static string Of(string markdown) => MarkupWriter.Write(markdown, Style);

    /// <summary>Addresses stay as they are: Discord makes links of them before it looks for markup.</summary>
    public override string Text(string text)
    {
        var safe = new StringBuilder(text.Length);
        var start = 0;
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && !char.IsWhiteSpace(text[at]))
            {
                continue;
            }

            var word = text[start..at];
            safe.Append(word.Contains("://", StringComparison.Ordinal) ? word : Safe(word, isFirst: start == 0));
            safe.Append(at < text.Length ? text[at].ToString() : "");
            start = at + 1;
        }

        return safe.ToString();
    }

    public override string Bold(string inner) => $"**{inner}**";

    public override string Italic(string inner) => $"*{inner}*";

    public override string Struck(string inner) => $"~~{inner}~~";

    public override string Code(string code) => code.Contains('`', StringComparison.Ordinal) ? $"`` {code} ``" : $"`{code}`";

    public override string Block(string code, string language) => $"```{language}\n{code.Replace("```", "`\u200b``", StringComparison.Ordinal)}\n```";

    public override string Quote(string inner) => $"> {inner.Replace("\n", "\n> ", StringComparison.Ordinal)}";

    /// <summary>A link that shows another address than its own is none to Discord.</summary>
    public override string Link(string inner, string address) => inner.Contains("://", StringComparison.Ordinal) ? address : $"[{inner}](<{address}>)";

    public override string Heading(string inner) => $"## {inner}";

    private static string Safe(string word, bool isFirst)
    {
        var safe = new StringBuilder(word.Length);
        for (var at = 0; at < word.Length; at++)
        {
            var isMarkup = word[at] switch
            {
                '\\' or '*' or '~' or '`' or '|' => true,
                '_' => !IsWithin(word, at), // as in snake_case
                '#' or '>' => isFirst && at == 0,
                _ => false,
            };
            safe.Append(isMarkup ? "\\" : "").Append(word[at]);
        }

        return safe.ToString();
    }

    private static bool IsWithin(string word, int at) => at > 0 && at < word.Length - 1 && char.IsLetterOrDigit(word[at - 1]) && char.IsLetterOrDigit(word[at + 1]);
}
