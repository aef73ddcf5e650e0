using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Sessions;

/// <summary>Parameters of <c>sessions.list</c>.</summary>
internal sealed record SessionsListParams
{
    [Range(1, int.MaxValue)]
    public int? Limit { get; init; }

    [Description("How many of the newest to leave out."), Range(0, int.MaxValue)]
    public int? Offset { get; init; }

    [Description("Only sessions with a change in this many minutes."), Range(1, int.MaxValue)]
    public int? ActiveMinutes { get; init; }

    [Description("Only sessions of this agent."), MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Only sessions whose key or title holds this text.")]
    public string? Search { get; init; }

    public bool? IncludeDerivedTitles { get; init; }

    public bool? IncludeLastMessage { get; init; }

    [Description("Accepted; there is no global session.")]
    public bool? IncludeGlobal { get; init; }

    [Description("Accepted; every session is known.")]
    public bool? IncludeUnknown { get; init; }
}

/// <summary>Result of <c>sessions.list</c>.</summary>
internal sealed record SessionsListResult(
    long Ts, string Path, int Count, int TotalCount, int LimitApplied, bool HasMore, SessionDefaults Defaults, IReadOnlyList<SessionInfo> Sessions)
{
    public int? NextOffset { get; init; }
}

/// <summary>What a session uses that has no setting of its own.</summary>
internal sealed record SessionDefaults(string ModelProvider, string Model);

/// <summary>A row of the list.</summary>
internal sealed record SessionInfo(string Key, string Kind, string AgentId, string SessionId, long CreatedAt, long UpdatedAt)
{
    public string ChatType { get; init; } = "direct";

    public bool IsMain { get; init; }

    public string? DerivedTitle { get; init; }

    public string? LastMessagePreview { get; init; }

    public string? LastRunId { get; init; }

    public string? Status { get; init; }

    public bool AbortedLastRun { get; init; }

    public bool HasActiveRun { get; init; }

    public IReadOnlyList<string> ActiveRunIds { get; init; } = [];

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long TotalTokens { get; init; }

    public string? ModelProvider { get; init; }

    public string? Model { get; init; }
}

/// <summary>Parameters of <c>sessions.delete</c>.</summary>
internal sealed record SessionsDeleteParams([property: MinLength(1)] string Key)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("False keeps the transcript's file."), DefaultValue(true)]
    public bool? DeleteTranscript { get; init; }

    [Description("Refused when the session has another id by now."), MinLength(1)]
    public string? ExpectedSessionId { get; init; }
}

/// <summary>Result of <c>sessions.delete</c>.</summary>
internal sealed record SessionsDeleteResult(bool Ok, string Key, bool Deleted, IReadOnlyList<string> Archived);
