using Chela.Contracts.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Agents.Memory;

/// <summary>Looking into what agents remember.</summary>
internal sealed class MemoryMethods(Workspaces workspaces, ConfigStore config) : IMethodModule
{
    private const int UsualHits = 6;

    public void Map(MethodMap methods)
    {
        var json = MemoryJson.Default;
        methods.Add(MethodMap.Method("memory.search", OperatorScopes.Read, json.MemorySearchParams, json.MemorySearchResult, Search) with
        {
            Summary = "Find passages of what an agent remembers by words in them.",
        });
    }

    private ValueTask<MemorySearchResult> Search(MemorySearchParams parameters, CallContext context, CancellationToken ct)
    {
        var agent = parameters.AgentId ?? config.Current.Config.Agents.DefaultId;
        var hits = MemorySearch.Find(MemoryFiles.Passages(workspaces.PathFor(agent), ct), parameters.Query, parameters.MaxResults ?? UsualHits);
        return new(new MemorySearchResult(agent, "none", "fts-only",
        [
            .. hits.Where(hit => hit.Score >= (parameters.MinScore ?? 0)).Select(hit => new MemoryRow(
                hit.Passage.Path, hit.Passage.FirstLine, hit.Passage.LastLine, Math.Round(hit.Score, 4), hit.Passage.Text, "memory")),
        ]));
    }
}
