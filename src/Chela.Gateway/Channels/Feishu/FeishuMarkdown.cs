using System.Text.RegularExpressions;
using Chela.Gateway.Channels.Markup;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>
/// The Markdown that posts and cards of Feishu show: without headings and tables, which few of its clients know. Nothing in it calls people: whom the
/// bot names, the model does not decide.
/// </summary>
internal sealed partial class FeishuMarkdown : MarkupStyle
{
    private static readonly FeishuMarkdown Style = new();

    /// <summary>The text, which is Markdown, in that of Feishu.</summary>
    public static string Of(string markdown) => Harmless(MarkupWriter.Write(markdown, Style));

    /// <summary>The text with an invisible sign in what would call people; plain texts call them too.</summary>
    public static string Harmless(string text) => Call().Replace(text, "<\u200B");

    public override string Text(string text) => text;

    public override string Bold(string inner) => $"**{inner}**";

    public override string Italic(string inner) => $"*{inner}*";

    public override string Struck(string inner) => $"~~{inner}~~";

    public override string Code(string code) => code.Contains('`') ? $"`` {code} ``" : $"`{code}`";

    public override string Block(string code, string language)
    {
        var fence = new string('`', Math.Max(3, 1 + LongestRun(code)));
        return $"{fence}{language}\n{code}\n{fence}";
    }

    public override string Quote(string inner) => $"> {inner.Replace("\n", "\n> ", StringComparison.Ordinal)}";

    public override string Link(string inner, string address) => inner == address ? address : $"[{inner}]({address})";

    private static int LongestRun(string code)
    {
        var (longest, run) = (0, 0);
        foreach (var letter in code)
        {
            run = letter == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    /// <summary>What would call somebody, or everybody (<c>&lt;at user_id="all"&gt;</c>).</summary>
    [GeneratedRegex("<(?=/?at\\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Call();
}
