namespace Chela.Gateway.Agents.Memory;

/// <summary>Joins two orders of passages into one by the places that they have in each (reciprocal rank fusion): the scores themselves cannot be compared.</summary>
internal static class RankFusion
{
    /// <summary>So much less the first place counts than it would: then several good places are more than one best.</summary>
    private const double Flatness = 60;

    private const double Best = 2 / (Flatness + 1);

    /// <summary>The passages of both, the best first; the first of both has the score 1.</summary>
    public static IReadOnlyList<MemoryHit> Join(IEnumerable<MemoryPassage> one, IEnumerable<MemoryPassage> other, int max)
    {
        var scores = new Dictionary<MemoryPassage, double>(ReferenceEqualityComparer.Instance);
        foreach (var (place, passage) in one.Index().Concat(other.Index()))
        {
            scores[passage] = scores.GetValueOrDefault(passage) + (1 / (Flatness + place + 1) / Best);
        }

        return
        [
            .. scores.Select(pair => new MemoryHit(pair.Key, pair.Value))
                .OrderByDescending(hit => hit.Score)
                .ThenBy(hit => hit.Passage.Path, StringComparer.Ordinal)
                .ThenBy(hit => hit.Passage.FirstLine)
                .Take(max),
        ];
    }
}
