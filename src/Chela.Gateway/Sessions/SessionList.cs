using Chela.Gateway.Bus;
using Chela.Gateway.Config;

namespace Chela.Gateway.Sessions;

/// <summary>Lists sessions, newest first, a page at a time. Reads no transcript.</summary>
internal sealed class SessionList(SessionTable sessions, Lanes lanes, ConfigStore config, TimeProvider time)
{
    /// <summary>Rows returned when the caller names no limit.</summary>
    public const int DefaultLimit = 100;

    /// <summary>The most rows of one page.</summary>
    public const int MaxLimit = 1000;

    public SessionsListResult Page(SessionsListParams query, SessionDefaults defaults, string path)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var found = sessions.All.Where(entry => Fits(entry, query, nowMs)).ToList();
        found.Sort((a, b) => (b.UpdatedAtMs, b.Key).CompareTo((a.UpdatedAtMs, a.Key)));
        var limit = Math.Min(query.Limit ?? DefaultLimit, MaxLimit);
        var offset = query.Offset ?? 0;
        SessionInfo[] page = [.. found.Skip(offset).Take(limit).Select(entry => Row(entry, query))];
        var next = offset + page.Length;
        return new SessionsListResult(nowMs, path, page.Length, found.Count, limit, next < found.Count, defaults, page)
        {
            NextOffset = next < found.Count ? next : null,
        };
    }

    private static bool Fits(SessionEntry entry, SessionsListParams query, long nowMs) =>
        (query.ActiveMinutes is not { } minutes || nowMs - entry.UpdatedAtMs <= minutes * 60_000L)
        && (query.AgentId is null || entry.SessionKey.AgentId == query.AgentId)
        && (string.IsNullOrEmpty(query.Search)
            || entry.Key.Contains(query.Search, StringComparison.OrdinalIgnoreCase)
            || entry.Title?.Contains(query.Search, StringComparison.OrdinalIgnoreCase) == true);

    private SessionInfo Row(SessionEntry entry, SessionsListParams query)
    {
        var key = entry.SessionKey;
        var runs = lanes.Of(key).Select(turn => turn.RunId).ToList();
        var model = entry.Model?.Split('/', 2);
        return new SessionInfo(entry.Key, "direct", key.AgentId, entry.SessionId, entry.CreatedAtMs, entry.UpdatedAtMs)
        {
            IsMain = key.Rest == config.Current.Config.Session.MainKey,
            DerivedTitle = query.IncludeDerivedTitles == true ? entry.Title : null,
            LastMessagePreview = query.IncludeLastMessage == true ? entry.Preview : null,
            LastRunId = entry.LastRunId,
            Status = runs.Count > 0 ? "running" : entry.Status,
            AbortedLastRun = entry.Status == "killed",
            HasActiveRun = runs.Count > 0,
            ActiveRunIds = runs,
            InputTokens = entry.InputTokens,
            OutputTokens = entry.OutputTokens,
            TotalTokens = entry.TotalTokens,
            ModelProvider = model?[0],
            Model = model?[^1],
        };
    }
}
