using System.Text.Json.Serialization;
using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions.Spawning;

namespace Chela.Gateway.Sessions;

/// <summary>What is known of a session without reading its transcript. Replaced whole at each change.</summary>
/// <param name="Key">The full session key.</param>
/// <param name="SessionId">Names the transcript; a reset gives the same key a new one.</param>
/// <param name="CreatedAtMs">Unix milliseconds.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)] // a later version may have written it
internal sealed record SessionEntry(string Key, string SessionId, long CreatedAtMs)
{
    private const string Prefix = "agent:";

    public long UpdatedAtMs { get; init; } = CreatedAtMs;

    /// <summary>When the present transcript began; null where it is as old as the session.</summary>
    public long? StartedAtMs { get; init; }

    /// <summary>The message whose command began the present transcript; null where nobody said so. When it comes again nothing begins anew.</summary>
    public string? BegunBy { get; init; }

    /// <summary>When a person last said something; null for the last change.</summary>
    public long? LastInteractionAtMs { get; init; }

    /// <summary>Messages in the transcript.</summary>
    public int MessageCount { get; init; }

    /// <summary>The beginning of the first message, for lists.</summary>
    public string? Title { get; init; }

    /// <summary>The beginning of the last message, for lists.</summary>
    public string? Preview { get; init; }

    /// <summary>A name that a person gave it.</summary>
    public string? Label { get; init; }

    /// <summary>Since when it is pinned: retention leaves it. Null for one that is not.</summary>
    public long? PinnedAtMs { get; init; }

    /// <summary>Since when it is archived: lists leave it out unless they are asked for it. Null for one that is not.</summary>
    public long? ArchivedAtMs { get; init; }

    [JsonIgnore]
    public bool IsPinned => PinnedAtMs is not null;

    [JsonIgnore]
    public bool IsArchived => ArchivedAtMs is not null;

    /// <summary>Where it comes from; null for one that no other session had made.</summary>
    public Spawn? Spawn { get; init; }

    /// <summary><c>provider/model</c> that was chosen for it; null for the configured one.</summary>
    public string? ModelOverride { get; init; }

    /// <summary>How hard its model thinks; null for as hard as its agent's.</summary>
    public string? ThinkingLevel { get; init; }

    /// <summary>What becomes of messages while it is busy, in the words of the configuration; null for the configured.</summary>
    public string? QueueMode { get; init; }

    public int? QueueDebounceMs { get; init; }

    public int? QueueCap { get; init; }

    public string? QueueDrop { get; init; }

    public string? LastRunId { get; init; }

    /// <summary>How the last run ended: <c>done</c>, <c>failed</c>, <c>killed</c> (OpenClaw's words).</summary>
    public string? Status { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long TotalTokens { get; init; }

    /// <summary>How often its older part was summarized.</summary>
    public int CompactionCount { get; init; }

    /// <summary>Set while the last attempt to summarize it came to nothing.</summary>
    public CompactionFailure? CompactionFailure { get; init; }

    /// <summary>The last line of the transcript that its agent was asked to take notes of before a summary; null where it was not.</summary>
    public string? NotedUpTo { get; init; }

    /// <summary><c>provider/model</c> of the last run.</summary>
    public string? Model { get; init; }

    /// <summary>True in the record that removes the session from the list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Deleted { get; init; }

    /// <summary>True for a session of this agent.</summary>
    public bool IsOf(string agentId) =>
        Key.Length > Prefix.Length + agentId.Length
        && Key[Prefix.Length + agentId.Length] == ':'
        && Key.AsSpan(Prefix.Length).StartsWith(agentId, StringComparison.Ordinal);

    [JsonIgnore]
    public SessionKey SessionKey =>
        Chela.Contracts.Sessions.SessionKey.TryParse(Key, out var key, out var problem) ? key : throw new InvalidDataException(problem);
}

/// <summary>Why a session could not be summarized, and when that was tried, in Unix milliseconds.</summary>
internal sealed record CompactionFailure(string Problem, long AtMs);
