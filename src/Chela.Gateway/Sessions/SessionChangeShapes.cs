using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Chela.Gateway.Sessions;

/// <summary>Parameters of <c>sessions.patch</c>: null takes a setting back, an absent one is left as it is.</summary>
internal sealed record SessionsPatchParams([property: MinLength(1)] string Key)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Refused when the session has another id by now."), MinLength(1)]
    public string? ExpectedSessionId { get; init; }

    [Description("A name for the session, at most 512 characters; no other session of the agent may have it.")]
    public JsonElement Label { get; init; }

    [Description("Whether it stays whatever retention says; true or false.")]
    public bool? Pinned { get; init; }

    [Description("Whether lists leave it out, unless they are asked for archived sessions; true or false.")]
    public bool? Archived { get; init; }

    [Description("The model of the session; null for the gateway's.")]
    public JsonElement Model { get; init; }

    [Description("How hard the model thinks: off, minimal, low, medium or high, as far as it can; null for the agent's.")]
    public JsonElement ThinkingLevel { get; init; }

    [Description("What becomes of messages while the session is busy: steer, followup, collect or interrupt; null for the configured.")]
    public JsonElement QueueMode { get; init; }

    [Description("How long nothing more may have come before collected messages run, 0 to 60000; null for the configured.")]
    public JsonElement QueueDebounceMs { get; init; }

    [Description("The most messages that wait, 1 to 500; null for the configured.")]
    public JsonElement QueueCap { get; init; }

    [Description("What gives way when more wait: new, old or summarize; null for the configured.")]
    public JsonElement QueueDrop { get; init; }
}

/// <summary>Result of <c>sessions.patch</c> and <c>sessions.reset</c>.</summary>
internal sealed record SessionChanged(bool Ok, string Key, SessionStored Entry, SessionResolved Resolved)
{
    public string? Path { get; init; }
}

/// <summary>A session as it is stored.</summary>
internal sealed record SessionStored(string SessionId, long CreatedAt, long UpdatedAt)
{
    public string? Label { get; init; }

    public long? PinnedAt { get; init; }

    public long? ArchivedAt { get; init; }

    public string? ProviderOverride { get; init; }

    public string? ModelOverride { get; init; }

    public string? ThinkingLevel { get; init; }

    public string? QueueMode { get; init; }

    public int? QueueDebounceMs { get; init; }

    public int? QueueCap { get; init; }

    public string? QueueDrop { get; init; }

    public bool AbortedLastRun { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long TotalTokens { get; init; }

    public int CompactionCount { get; init; }

    public static SessionStored Of(SessionEntry entry)
    {
        var model = entry.ModelOverride?.Split('/', 2);
        return new SessionStored(entry.SessionId, entry.CreatedAtMs, entry.UpdatedAtMs)
        {
            Label = entry.Label,
            PinnedAt = entry.PinnedAtMs,
            ArchivedAt = entry.ArchivedAtMs,
            ProviderOverride = model?[0],
            ModelOverride = model?[^1],
            ThinkingLevel = entry.ThinkingLevel,
            QueueMode = entry.QueueMode,
            QueueDebounceMs = entry.QueueDebounceMs,
            QueueCap = entry.QueueCap,
            QueueDrop = entry.QueueDrop,
            AbortedLastRun = entry.Status == "killed",
            InputTokens = entry.InputTokens,
            OutputTokens = entry.OutputTokens,
            TotalTokens = entry.TotalTokens,
            CompactionCount = entry.CompactionCount,
        };
    }
}

/// <summary>What the next run of a session will use.</summary>
internal sealed record SessionResolved(string ModelProvider, string Model)
{
    public string? ThinkingLevel { get; init; }

    public IReadOnlyList<ThinkingChoice>? ThinkingLevels { get; init; }
}

/// <summary>A level that the model has, as menus show it.</summary>
internal sealed record ThinkingChoice(string Id, string Label);

/// <summary>Parameters of <c>sessions.reset</c>.</summary>
internal sealed record SessionsResetParams([property: MinLength(1)] string Key)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Accepted: both begin the session anew."), AllowedValues("new", "reset")]
    public string? Reason { get; init; }

    [Description("Refused when the session has another id by now."), MinLength(1)]
    public string? ExpectedSessionId { get; init; }
}

/// <summary>Parameters of <c>sessions.abort</c>: a session, a run, or both.</summary>
internal sealed record SessionsAbortParams
{
    [MinLength(1)]
    public string? Key { get; init; }

    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("One run; without it all runs of the session."), MinLength(1)]
    public string? RunId { get; init; }

    [Description("False stops only what runs, and leaves what waits; true without it.")]
    public bool? ClearQueued { get; init; }
}

/// <summary>Result of <c>sessions.abort</c>.</summary>
/// <param name="Status"><c>aborted</c> or <c>no-active-run</c>.</param>
internal sealed record SessionsAbortResult(bool Ok, string Status)
{
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
    public string? AbortedRunId { get; init; }
}

/// <summary>Parameters of <c>chat.inject</c>.</summary>
internal sealed record ChatInjectParams([property: MinLength(1)] string SessionKey, [property: MinLength(1)] string Message)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Stands in brackets before the text."), MaxLength(100)]
    public string? Label { get; init; }
}

/// <summary>Result of <c>chat.inject</c>.</summary>
internal sealed record ChatInjectResult(bool Ok, string MessageId);
