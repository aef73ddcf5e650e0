using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Usage;

/// <summary>A line of the ledger: what one call of a model took, or that a run ended.</summary>
/// <param name="AtMs">When, in Unix milliseconds.</param>
/// <param name="RunId">The run.</param>
/// <param name="Session">The session's key.</param>
/// <param name="SessionId">Its transcript at that time.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)] // a later version may have written it
internal sealed record UsageLine(long AtMs, string RunId, string Session, string SessionId)
{
    /// <summary>The channel that the message came from; null for clients.</summary>
    public string? Channel { get; init; }

    /// <summary>The call; null in the line of a run's end.</summary>
    public UsageCall? Call { get; init; }

    /// <summary>How the run ended; null in the line of a call.</summary>
    public UsageEnd? End { get; init; }

    /// <summary>On whose behalf, where it is a part of something that another run was asked for; else null.</summary>
    public UsageOrigin? For { get; init; }

    /// <summary>The run in which somebody asked for what this one does.</summary>
    [JsonIgnore]
    public string Cause => For?.RunId ?? RunId;

    /// <summary>The session, and those on whose behalf it works, the nearest first.</summary>
    [JsonIgnore]
    public IEnumerable<string> Sessions => [Session, .. For?.Sessions ?? []];

    [JsonIgnore]
    public SessionKey Key => KeyOf(Session);

    [JsonIgnore]
    public string AgentId => Key.AgentId;

    /// <summary>The agent of a session.</summary>
    public static string AgentOf(string session) => KeyOf(session).AgentId;

    private static SessionKey KeyOf(string session) => SessionKey.TryParse(session, out var key, out var problem) ? key : throw new InvalidDataException(problem);
}

/// <summary>On whose behalf a run works.</summary>
/// <param name="RunId">The run in which somebody else than a sub-agent asked.</param>
/// <param name="Sessions">The sessions that had it done, the nearest first; none for one that hears of its sub-agents.</param>
internal sealed record UsageOrigin(string RunId, IReadOnlyList<string> Sessions);

/// <summary>What a call of a model took.</summary>
/// <param name="Provider">Who has the model.</param>
/// <param name="Model">The model's name there.</param>
/// <param name="Input">Tokens that it read, without those from its cache.</param>
/// <param name="Output">Tokens that it wrote.</param>
/// <param name="CacheRead">Tokens that it read from its cache.</param>
internal sealed record UsageCall(string Provider, string Model, long Input, long Output, long CacheRead)
{
    /// <summary>What that cost; null where the model's price is not known.</summary>
    public UsageCost? Cost { get; init; }

    /// <summary>The tools that the model called.</summary>
    public IReadOnlyList<string>? Tools { get; init; }

    /// <summary>True when no call was made: the answer was kept from an earlier one.</summary>
    public bool? IsRepeated { get; init; }

    [JsonIgnore]
    public long Tokens => Input + Output + CacheRead;
}

/// <summary>The cost of a call by its parts, in US dollars.</summary>
internal sealed record UsageCost(decimal Input, decimal Output, decimal CacheRead)
{
    [JsonIgnore]
    public decimal Total => Input + Output + CacheRead;
}

/// <summary>The end of a run.</summary>
/// <param name="DurationMs">How long it took.</param>
/// <param name="IsError">True when it did not end with an answer, or by a person's wish.</param>
internal sealed record UsageEnd(long DurationMs, bool IsError);

/// <summary>JSON types of the ledger.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UsageLine))]
internal sealed partial class LedgerJson : JsonSerializerContext;
