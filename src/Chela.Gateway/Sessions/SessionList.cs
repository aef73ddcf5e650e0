using Chela.Gateway.Bus;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions;

/// <summary>Lists sessions, newest first, a page at a time. Reads no transcript.</summary>
internal sealed class SessionList(SessionTable sessions, Lanes lanes, ConfigStore config, ModelLookup models, TimeProvider time)
{
    /// <summary>Rows returned when the caller names no limit.</summary>
    public const int DefaultLimit = 100;

    /// <summary>The most rows of one page.</summary>
    public const int MaxLimit = 1000;

    public SessionsListResult Page(SessionsListParams query, SessionDefaults defaults, string path)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var limit = Math.Min(query.Limit ?? DefaultLimit, MaxLimit);
        var offset = query.Offset ?? 0;
        var (found, count) = query.HasFilter ? Filter(query, nowMs, offset, limit) : sessions.Page(offset, limit);
        SessionInfo[] page = [.. found.Select(entry => Row(entry, query.IncludeDerivedTitles == true, query.IncludeLastMessage == true))];
        var next = offset + page.Length;
        return new SessionsListResult(nowMs, path, page.Length, count, limit, next < count, defaults, page)
        {
            NextOffset = next < count ? next : null,
        };
    }

    /// <summary>The sessions that a query asks for, newest first, all pages of them.</summary>
    public IEnumerable<SessionEntry> Matching(SessionsListParams query) => Matching(query, time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>A session as lists show it.</summary>
    /// <param name="entry">The session.</param>
    /// <param name="withTitle">Whether to say how it began.</param>
    /// <param name="withPreview">Whether to say what was said last.</param>
    public SessionInfo Row(SessionEntry entry, bool withTitle, bool withPreview)
    {
        var key = entry.SessionKey;
        var runs = lanes.Of(key).Where(turn => !turn.Completion.IsCompleted).Select(turn => turn.RunId).ToList();
        var model = (entry.ModelOverride ?? entry.Model ?? models(null, key.AgentId).FullName).Split('/', 2);
        return new SessionInfo(entry.Key, ChatTypes.KindOf(key), key.AgentId, entry.SessionId, entry.CreatedAtMs, entry.UpdatedAtMs)
        {
            ChatType = ChatTypes.Of(key),
            IsMain = key.Rest == config.Current.Config.Session.MainKey,
            Pinned = entry.IsPinned,
            PinnedAt = entry.PinnedAtMs,
            Archived = entry.IsArchived,
            ArchivedAt = entry.ArchivedAtMs,
            ArchiveReason = entry.IsArchived ? "manual" : null,
            Label = entry.Label,
            SpawnedBy = entry.Spawn?.By,
            SpawnDepth = entry.Spawn?.Depth,
            DisplayName = entry.Label ?? entry.Spawn?.Label,
            DerivedTitle = withTitle ? entry.Title : null,
            LastMessagePreview = withPreview ? entry.Preview : null,
            LastRunId = entry.LastRunId,
            LastInteractionAt = entry.LastInteractionAtMs,
            Status = runs.Count > 0 ? "running" : entry.Status,
            AbortedLastRun = entry.Status == "killed",
            HasActiveRun = runs.Count > 0,
            ActiveRunIds = runs,
            ThinkingLevel = entry.ThinkingLevel,
            InputTokens = entry.InputTokens,
            OutputTokens = entry.OutputTokens,
            TotalTokens = entry.TotalTokens,
            CompactionCount = entry.CompactionCount,
            ModelProvider = model[0],
            Model = model[^1],
        };
    }

    private (IReadOnlyList<SessionEntry> Page, int Count) Filter(SessionsListParams query, long nowMs, int offset, int limit)
    {
        var page = new List<SessionEntry>();
        var count = 0;
        foreach (var entry in Matching(query, nowMs))
        {
            count++;
            if (count > offset && page.Count < limit)
            {
                page.Add(entry);
            }
        }

        return (page, count);
    }

    private IEnumerable<SessionEntry> Matching(SessionsListParams query, long nowMs) =>
        new SessionFilter(query, config.Current.Config.Agents, query.ActiveOnly == true ? lanes.Busy : null, nowMs).Of(sessions.View);
}
