namespace Chela.Gateway.Sessions.Search;

/// <summary>What is looked for: words that all have to be in a text, in whatever order and case.</summary>
internal sealed class SearchWords(string query)
{
    private const int MaxWords = 32;
    private const int SnippetChars = 240;
    private const int CharsBefore = 80;

    private readonly string[] _words =
        [.. query.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxWords)];

    /// <summary>False when there is nothing to look for.</summary>
    public bool Any => _words.Length > 0;

    /// <summary>How often the words are in a text; 0 when one of them is not.</summary>
    public int CountIn(string text)
    {
        var total = 0;
        foreach (var word in _words)
        {
            var count = 0;
            for (var at = IndexOf(text, word, 0); at >= 0; at = IndexOf(text, word, at + word.Length))
            {
                count++;
            }

            if (count == 0)
            {
                return 0;
            }

            total += count;
        }

        return total;
    }

    /// <summary>The part of a text around the first of the words.</summary>
    public string SnippetOf(string text)
    {
        var first = _words.Select(word => IndexOf(text, word, 0)).Where(at => at >= 0).DefaultIfEmpty(0).Min();
        var start = Math.Max(0, Math.Min(first - CharsBefore, text.Length - SnippetChars));
        var end = Math.Min(text.Length, start + SnippetChars);
        start = start > 0 && char.IsLowSurrogate(text[start]) ? start + 1 : start;
        end = end < text.Length && char.IsLowSurrogate(text[end]) ? end - 1 : end;
        return $"{(start > 0 ? "…" : "")}{text[start..end]}{(end < text.Length ? "…" : "")}";
    }

    private static int IndexOf(string text, string word, int from) => text.IndexOf(word, from, StringComparison.OrdinalIgnoreCase);
}
