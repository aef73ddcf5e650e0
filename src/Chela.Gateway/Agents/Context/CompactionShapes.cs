using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Context;

/// <summary>Parameters of <c>sessions.compact</c>.</summary>
internal sealed record SessionsCompactParams([property: MinLength(1)] string Key)
{
    [MinLength(1)]
    public string? AgentId { get; init; }
}

/// <summary>Result of <c>sessions.compact</c>.</summary>
/// <param name="Ok">False when the conversation could not be made shorter.</param>
/// <param name="Key">The session.</param>
/// <param name="Compacted">True when models read a new summary from now on.</param>
internal sealed record SessionsCompactResult(bool Ok, string Key, bool Compacted)
{
    /// <summary>Why there is no new summary.</summary>
    public string? Reason { get; init; }

    public CompactionNews? Result { get; init; }

    public static SessionsCompactResult Done(SessionKey session, TranscriptEntry entry, long tokensAfter) => new(true, session.Value, true)
    {
        Result = new CompactionNews(entry.Text, entry.Compacted!.FirstKeptEntryId, entry.Compacted.TokensBefore, tokensAfter),
    };

    public static SessionsCompactResult Nothing(SessionKey session, string reason) => new(true, session.Value, false) { Reason = reason };

    public static SessionsCompactResult Failed(SessionKey session, string? reason) => new(false, session.Value, false) { Reason = reason };
}

/// <summary>A new summary.</summary>
/// <param name="FirstKeptEntryId">The oldest message that models still read as it is.</param>
/// <param name="TokensBefore">About how many tokens a model made of the conversation before.</param>
/// <param name="TokensAfter">The same now.</param>
internal sealed record CompactionNews(string Summary, string FirstKeptEntryId, long TokensBefore, long TokensAfter);

/// <summary>JSON types of this slice. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionsCompactParams))]
[JsonSerializable(typeof(SessionsCompactResult))]
internal sealed partial class CompactionJson : JsonSerializerContext;
