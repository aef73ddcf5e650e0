using System.Globalization;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;

namespace Chela.Gateway.Agents.Memory;

/// <summary>What was found.</summary>
/// <param name="Hits">The passages, the best first.</param>
/// <param name="Provider">Whose model compared meanings; null where only words were compared.</param>
/// <param name="Warning">Why less was compared than is configured; null where all was.</param>
internal sealed record Recalled(IReadOnlyList<MemoryHit> Hits, string? Provider, string? Warning);

/// <summary>Finds passages of what an agent remembers: by their words, and where a model for it is configured by their meaning too.</summary>
internal sealed class MemoryRecall(Func<MemorySearchConfig> settings, PassageVectors vectors)
{
    /// <summary>So many of each kind are joined at least.</summary>
    private const int Candidates = 50;

    /// <summary>The passages that fit a question best. Where meanings cannot be compared, words are.</summary>
    public async Task<Recalled> FindAsync(string agentId, string workspace, string question, int max, CancellationToken ct)
    {
        var passages = MemoryFiles.Passages(workspace, ct).ToList();
        if (settings() is not { Provider: { } provider, Model: { } model })
        {
            return new Recalled(MemorySearch.Find(passages, question, max), null, null);
        }

        try
        {
            var most = Math.Max(max, Candidates);
            var near = await vectors.FindAsync(new ModelRef(provider, model), agentId, passages, question, most, ct);
            var byWords = MemorySearch.Find(passages, question, most).Select(hit => hit.Passage);
            var warning = near.Left == 0 ? null
                : string.Create(CultureInfo.InvariantCulture, $"{near.Left} passages are found by their words alone.");
            return new Recalled(RankFusion.Join(byWords, near.Passages, max), provider, warning);
        }
        catch (ProviderException refused)
        {
            return new Recalled(MemorySearch.Find(passages, question, max), null, $"Only words were compared. {refused.Message}");
        }
    }
}
