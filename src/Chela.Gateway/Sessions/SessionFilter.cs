using Chela.Contracts.Sessions;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions;

/// <summary>What a query asks for, made ready once for all the sessions that are held against it.</summary>
internal sealed class SessionFilter(SessionsListParams query, AgentsConfig agents, IReadOnlySet<string>? busy, long nowMs)
{
    private readonly byte[]? _text = string.IsNullOrEmpty(query.Search) ? null : SearchableSession.Fold(query.Search);
    private readonly bool? _isForArchived = query.IsForArchived;
    private readonly long? _since = nowMs - (query.ActiveMinutes * 60_000L);

    /// <summary>The sessions that are asked for, in the order that is asked for.</summary>
    /// <param name="view">All sessions.</param>
    public IEnumerable<SessionEntry> Of(SessionView view) =>
        query.IsByInteraction ? Fitting(view).OrderByDescending(entry => entry.LastInteractionAtMs ?? 0) : Fitting(view);

    private IEnumerable<SessionEntry> Fitting(SessionView view)
    {
        foreach (var entry in view.Containing(_text))
        {
            if (_since is { } since && entry.UpdatedAtMs < since)
            {
                yield break; // then come older ones
            }

            if (Fits(entry))
            {
                yield return entry;
            }
        }
    }

    private bool Fits(SessionEntry entry) =>
        (_isForArchived is null || entry.IsArchived == _isForArchived)
        && (query.Pinned is null || entry.IsPinned == query.Pinned)
        && (query.AgentId is null || entry.IsOf(query.AgentId))
        && (query.Label is null || entry.Label == query.Label)
        && (query.SpawnedBy is null || entry.Spawn?.By == query.SpawnedBy)
        && (query.ExcludeSubagents != true || SessionKeyForm.Of(entry.SessionKey).Kind != SessionKind.Subagent)
        && (query.RequireLastInteraction != true || entry.LastInteractionAtMs is not null)
        && (query.ConfiguredAgentsOnly != true || agents.Has(entry.SessionKey.AgentId))
        && busy?.Contains(entry.Key) != false;
}
