using System.Text.Json.Serialization;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Sessions;

/// <summary>What is known of a session without reading its transcript. Replaced whole at each change.</summary>
/// <param name="Key">The full session key.</param>
/// <param name="SessionId">Names the transcript; a reset gives the same key a new one.</param>
/// <param name="CreatedAtMs">Unix milliseconds.</param>
internal sealed record SessionEntry(string Key, string SessionId, long CreatedAtMs)
{
    public long UpdatedAtMs { get; init; } = CreatedAtMs;

    /// <summary>Messages in the transcript.</summary>
    public int MessageCount { get; init; }

    /// <summary>The beginning of the first message, for lists.</summary>
    public string? Title { get; init; }

    /// <summary>The beginning of the last message, for lists.</summary>
    public string? Preview { get; init; }

    public string? LastRunId { get; init; }

    /// <summary>How the last run ended: <c>done</c>, <c>failed</c>, <c>killed</c> (OpenClaw's words).</summary>
    public string? Status { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long TotalTokens { get; init; }

    /// <summary><c>provider/model</c> of the last run.</summary>
    public string? Model { get; init; }

    /// <summary>True in the record that removes the session from the list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Deleted { get; init; }

    [JsonIgnore]
    public SessionKey SessionKey =>
        Chela.Contracts.Sessions.SessionKey.TryParse(Key, out var key, out var problem) ? key : throw new InvalidDataException(problem);
}
