using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

using Chela.Gateway.Config;

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

    [Description("Only sessions whose key, label or title holds this text.")]
    public string? Search { get; init; }

    [Description("Only the sessions with exactly this label."), StringLength(512, MinimumLength = 1)]
    public string? Label { get; init; }

    [Description("Only sessions in which something runs or waits.")]
    public bool? ActiveOnly { get; init; }

    [Description("lastInteractionAt puts those first in which a person said something last; else the last change counts."), AllowedValues("updatedAt", "lastInteractionAt", "activity")]
    public string? SortBy { get; init; }

    [Description("True for pinned sessions only, false for the others only.")]
    public bool? Pinned { get; init; }

    [Description("true for archived sessions only, \"all\" for these too; without it, or with false, they are left out.")]
    public JsonElement Archived { get; init; }

    public bool? IncludeDerivedTitles { get; init; }

    public bool? IncludeLastMessage { get; init; }

    [Description("Accepted; there is no global session.")]
    public bool? IncludeGlobal { get; init; }

    [Description("Accepted; every session is known.")]
    public bool? IncludeUnknown { get; init; }

    [Description("True leaves out sessions in which agents do a part of another one's task.")]
    public bool? ExcludeSubagents { get; init; }

    [Description("Only the sessions that this one spawned, by its full key."), MinLength(1)]
    public string? SpawnedBy { get; init; }

    [Description("Accepted; there are no sessions of scheduled jobs.")]
    public bool? ExcludeCron { get; init; }

    [Description("Accepted; there are no sessions of the system.")]
    public bool? ExcludeSystem { get; init; }

    [Description("Only sessions of agents that agents.list names.")]
    public bool? ConfiguredAgentsOnly { get; init; }

    [Description("Accepted; no summaries are made.")]
    public bool? IncludeActivitySummary { get; init; }

    [Description("True leaves out sessions in which no person has said anything.")]
    public bool? RequireLastInteraction { get; init; }

    /// <summary>True when it does not ask for all sessions.</summary>
    [JsonIgnore]
    public bool HasFilter => Pinned is not null || IsForArchived != false || ActiveMinutes is not null || AgentId is not null || !string.IsNullOrEmpty(Search) || Label is not null
        || ActiveOnly == true || ConfiguredAgentsOnly == true || ExcludeSubagents == true || RequireLastInteraction == true || IsByInteraction || SpawnedBy is not null;

    /// <summary>True when not the last change but the last word of a person says which come first.</summary>
    [JsonIgnore]
    public bool IsByInteraction => SortBy == "lastInteractionAt";

    /// <summary>True when it asks for archived sessions only, false when for the others only; null for all.</summary>
    [JsonIgnore]
    public bool? IsForArchived => Archived.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String when Archived.ValueEquals("all") => null,
        _ => false,
    };

    /// <summary>True when it asks for nothing in particular.</summary>
    [JsonIgnore]
    public bool IsPlain => this == new SessionsListParams();
}

/// <summary>Result of <c>sessions.list</c>.</summary>
internal sealed record SessionsListResult(
    long Ts, string Path, int Count, int TotalCount, int LimitApplied, bool HasMore, SessionDefaults Defaults, IReadOnlyList<SessionInfo> Sessions)
{
    public int? NextOffset { get; init; }
}

/// <summary>What a session uses that has no setting of its own.</summary>
internal sealed record SessionDefaults(string ModelProvider, string Model)
{
    /// <summary><c>provider/model</c>.</summary>
    [JsonIgnore]
    public string FullName => $"{ModelProvider}/{Model}";

    /// <summary>Whether the model can be asked how hard to think.</summary>
    [JsonIgnore]
    public bool Thinks { get; init; }

    /// <summary>How hard it thinks where the session says nothing.</summary>
    [JsonIgnore]
    public string ThinkingDefault { get; init; } = ThinkingLevels.Off;
}

/// <summary>A row of the list.</summary>
internal sealed record SessionInfo(string Key, string Kind, string AgentId, string SessionId, long CreatedAt, long UpdatedAt)
{
    public required string ChatType { get; init; }

    public bool IsMain { get; init; }

    public bool Pinned { get; init; }

    public long? PinnedAt { get; init; }

    public bool Archived { get; init; }

    public long? ArchivedAt { get; init; }

    public string? ArchiveReason { get; init; }

    public string? Label { get; init; }

    public string? SpawnedBy { get; init; }

    public int? SpawnDepth { get; init; }

    public string? DisplayName { get; init; }

    public string? DerivedTitle { get; init; }

    public string? LastMessagePreview { get; init; }

    public string? LastRunId { get; init; }

    public long? LastInteractionAt { get; init; }

    public string? Status { get; init; }

    public bool AbortedLastRun { get; init; }

    public bool HasActiveRun { get; init; }

    public IReadOnlyList<string> ActiveRunIds { get; init; } = [];

    public string? ThinkingLevel { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long TotalTokens { get; init; }

    public int CompactionCount { get; init; }

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

    [Description("Refused when the session changed after this moment, in Unix milliseconds.")]
    public long? ExpectedSessionUpdatedAt { get; init; }

    [Description("True deletes an archived session only, which needs no more than the scope to write; any other needs that of an administrator.")]
    public bool? ArchivedOnly { get; init; }

    [Description("Accepted: nothing is hooked to the end of a session.")]
    public bool? EmitLifecycleHooks { get; init; }
}

/// <summary>Result of <c>sessions.delete</c>.</summary>
internal sealed record SessionsDeleteResult(bool Ok, string Key, bool Deleted, IReadOnlyList<string> Archived);
