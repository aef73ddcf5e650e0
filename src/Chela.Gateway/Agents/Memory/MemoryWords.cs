using System.Globalization;
using System.Text;

namespace Chela.Gateway.Agents.Memory;

/// <summary>The words of a text, as they are compared: small letters, without what stands between; of scripts without spaces each sign.</summary>
internal static class MemoryWords
{
    private const int MaxWord = 64;

    public static IEnumerable<string> Of(string text)
    {
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var isAlone = Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherLetter; // Han, kana, and others
            if (word.Length > 0 && (isAlone || !Rune.IsLetterOrDigit(rune) || word.Length >= MaxWord))
            {
                yield return word.ToString();
                word.Clear();
            }

            if (isAlone)
            {
                yield return rune.ToString();
            }
            else if (Rune.IsLetterOrDigit(rune))
            {
                word.Append(Rune.ToLowerInvariant(rune));
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }
}
