using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Sessions.Search;

/// <summary>Parameters of <c>sessions.search</c>.</summary>
internal sealed record SessionsSearchParams(
    [property: Description("Words that all have to be in a message, in whatever order and case."), StringLength(4096, MinimumLength = 1)] string Query)
{
    [Description("Only sessions of this agent."), MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Only these sessions."), MinLength(1), MaxLength(200)]
    public IReadOnlyList<string>? SessionKeys { get; init; }

    [Description("Only sessions that sessions.list would show for these; without agentId and sessionKeys.")]
    public SessionsListParams? Scope { get; init; }

    [Description("The most messages to find; 10 without it."), Range(1, 25)]
    public int? Limit { get; init; }
}

/// <summary>Result of <c>sessions.search</c>.</summary>
/// <param name="Results">Those of the newest session first, and in a session its newest first.</param>
internal sealed record SessionsSearchResult(IReadOnlyList<SessionsSearchHit> Results)
{
    [Description("True when there may be more: the limit was reached, time or reading ran out, or a transcript could not be read to its end.")]
    public bool? Truncated { get; init; }
}

/// <summary>A message that was found.</summary>
/// <param name="Score">How often the words are in it.</param>
internal sealed record SessionsSearchHit(
    string SessionKey, string SessionId, string MessageId, string Role, long Timestamp, string Snippet, int Score);

/// <summary>JSON types of the search. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionsSearchParams))]
[JsonSerializable(typeof(SessionsSearchResult))]
internal sealed partial class SearchJson : JsonSerializerContext;
