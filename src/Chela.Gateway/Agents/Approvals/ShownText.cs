using System.Globalization;
using System.Text;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>Text of others as people are shown it before they decide: on one line, and with every sign that is unseen, or hides or moves others, written out.</summary>
internal static class ShownText
{
    /// <summary>Letters that look like nothing: the fillers of Hangul.</summary>
    private const string Fillers = "\u115F\u1160\u3164\uFFA0";

    /// <summary>The text; such a sign is written as <c>\u{202E}</c>.</summary>
    public static string Of(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsUnseen(rune))
            {
                shown.Append(CultureInfo.InvariantCulture, $@"\u{{{rune.Value:X}}}");
            }
            else
            {
                shown.Append(rune);
            }
        }

        return shown.ToString();
    }

    private static bool IsUnseen(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.SpaceSeparator => rune.Value != ' ',
        _ => rune.IsBmp && Fillers.Contains((char)rune.Value, StringComparison.Ordinal),
    };
}
