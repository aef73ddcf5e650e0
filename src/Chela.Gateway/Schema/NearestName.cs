namespace Chela.Gateway.Schema;

/// <summary>Finds the known name that a misspelt one probably meant.</summary>
internal static class NearestName
{
    private const int MaxDistance = 2;

    /// <summary>The closest of the names at an edit distance of at most two, ignoring case; null where none is near.</summary>
    public static string? Find(string given, IEnumerable<string> known)
    {
        string? best = null;
        var bestDistance = MaxDistance + 1;
        foreach (var name in known)
        {
            // Two edits turn any two-letter name into any other: short names must agree in more than they differ.
            var distance = Distance(given, name);
            if (distance < bestDistance && distance * 2 <= name.Length)
            {
                (best, bestDistance) = (name, distance);
            }
        }

        return best;
    }

    private static int Distance(string a, string b)
    {
        // Also keeps a hostile, very long name cheap.
        if (Math.Abs(a.Length - b.Length) > MaxDistance)
        {
            return int.MaxValue / 2;
        }

        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                current[j] = Math.Min(previous[j - 1] + (same ? 0 : 1), 1 + Math.Min(previous[j], current[j - 1]));
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
