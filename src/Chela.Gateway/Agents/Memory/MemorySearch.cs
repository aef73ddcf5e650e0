namespace Chela.Gateway.Agents.Memory;

/// <summary>A passage that was found.</summary>
/// <param name="Passage">The passage.</param>
/// <param name="Score">How well it fits, from 0 to 1.</param>
internal sealed record MemoryHit(MemoryPassage Passage, double Score);

/// <summary>
/// Orders passages by how well they fit a question (Okapi BM25): rare words count for more, and a passage that is long for less. Notes are
/// few, so that they are counted anew for each question and nothing has to be kept in step with the files.
/// </summary>
internal static class MemorySearch
{
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.75;

    /// <summary>The most words of a question that are looked for.</summary>
    private const int MaxWords = 64;

    /// <summary>Those in which a word of the question stands, the best first.</summary>
    public static IReadOnlyList<MemoryHit> Find(IEnumerable<MemoryPassage> passages, string question, int max)
    {
        var wanted = MemoryWords.Of(question).Distinct(StringComparer.Ordinal).Take(MaxWords).ToArray();
        var counted = passages.Select(passage => Count(passage, wanted)).ToList();
        var average = counted.Count == 0 ? 1 : Math.Max(1, counted.Average(one => one.Length));
        var weights = wanted.Select((_, word) => Weight(counted.Count(one => one.Counts[word] > 0), counted.Count)).ToArray();
        return
        [
            .. counted
                .Select(one => new MemoryHit(one.Passage, ScoreOf(one, weights, average)))
                .Where(hit => hit.Score > 0)
                .OrderByDescending(hit => hit.Score)
                .ThenBy(hit => hit.Passage.Path, StringComparer.Ordinal)
                .ThenBy(hit => hit.Passage.FirstLine)
                .Take(max),
        ];
    }

    private static Counted Count(MemoryPassage passage, string[] wanted)
    {
        var (counts, length) = (new int[wanted.Length], 0);
        foreach (var word in MemoryWords.Of(passage.Text))
        {
            length++;
            if (Array.IndexOf(wanted, word) is >= 0 and var at)
            {
                counts[at]++;
            }
        }

        return new Counted(passage, counts, length);
    }

    private static double Weight(int holding, int all) => Math.Log(1 + ((all - holding + 0.5) / (holding + 0.5)));

    /// <summary>The sum of BM25, which has no upper end, brought below 1.</summary>
    private static double ScoreOf(Counted one, double[] weights, double average)
    {
        var shorter = Saturation * (1 - LengthWeight + (LengthWeight * one.Length / average));
        var sum = one.Counts.Select((count, word) => weights[word] * count * (Saturation + 1) / (count + shorter)).Sum();
        return sum / (1 + sum);
    }

    private sealed record Counted(MemoryPassage Passage, int[] Counts, int Length);
}
