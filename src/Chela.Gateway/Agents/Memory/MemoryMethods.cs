using Chela.Contracts.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Agents.Memory;

/// <summary>Looking into what agents remember.</summary>
internal sealed class MemoryMethods(MemoryRecall recall, Workspaces workspaces, ConfigStore config) : IMethodModule
{
    private const int UsualHits = 6;

    public void Map(MethodMap methods)
    {
        var json = MemoryJson.Default;
        methods.Add(MethodMap.Method("memory.search", OperatorScopes.Read, json.MemorySearchParams, json.MemorySearchResult, SearchAsync) with
        {
            Summary = "Find passages of what an agent remembers by words in them, and by their meaning where that is configured.",
        });
    }

    private async ValueTask<MemorySearchResult> SearchAsync(MemorySearchParams parameters, CallContext context, CancellationToken ct)
    {
        var agent = parameters.AgentId ?? config.Current.Config.Agents.DefaultId;
        var found = await recall.FindAsync(agent, workspaces.PathFor(agent), parameters.Query, parameters.MaxResults ?? UsualHits, ct);
        return new MemorySearchResult(agent, found.Provider ?? "none", found.Provider is null ? "fts-only" : "hybrid",
        [
            .. found.Hits.Where(hit => hit.Score >= (parameters.MinScore ?? 0)).Select(hit => new MemoryRow(
                hit.Passage.Path, hit.Passage.FirstLine, hit.Passage.LastLine, Math.Round(hit.Score, 4), hit.Passage.Text, "memory")),
        ])
        {
            Warning = found.Warning,
        };
    }
}
