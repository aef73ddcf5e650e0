using System.Globalization;
using System.Text;

namespace Chela.Gateway.Sessions.Attachments;

/// <summary>Makes of what a sender calls a file a name that can be shown and saved anywhere: no path, nothing that cannot be seen.</summary>
internal static class FileName
{
    private const int Longest = 120;

    /// <summary>The name, or the other one where nothing is left of it.</summary>
    public static string Clean(string? name, string otherwise)
    {
        var clean = new StringBuilder();
        foreach (var rune in (name ?? "")[((name ?? "").LastIndexOfAny(['/', '\\', ':']) + 1)..].EnumerateRunes())
        {
            if (IsVisible(rune) && clean.Length < Longest)
            {
                clean.Append(rune);
            }
        }

        var text = clean.ToString().Trim(' ', '.');
        return text.Length > 0 ? text : otherwise;
    }

    private static bool IsVisible(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
