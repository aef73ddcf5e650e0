using System.Text.Json.Serialization;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Sessions.Spawning;

/// <summary>Where a session comes from in which a sub-agent does a part of another session's task.</summary>
/// <param name="By">The key of that session.</param>
/// <param name="SessionId">Its transcript at that time: what it holds later knows nothing of the sub-agent.</param>
/// <param name="Cause">The run in which somebody else than a sub-agent asked for something: all that was spawned for it has the same.</param>
/// <param name="Depth">1 for what a session of people spawned, 2 for what such a sub-agent spawned, and so on.</param>
internal sealed record Spawn(string By, string SessionId, string Cause, int Depth)
{
    /// <summary>The session that had it made.</summary>
    [JsonIgnore]
    public SessionKey Parent => SessionKey.TryParse(By, out var key, out var problem) ? key : throw new InvalidDataException(problem);

    /// <summary>What the one that spawned it calls it.</summary>
    public string? Label { get; init; }

    /// <summary>Where answers went then; null where whoever asked listens for events.</summary>
    public ReplyTarget? ReplyTo { get; init; }
}
