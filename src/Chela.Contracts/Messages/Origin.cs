using Chela.Contracts.Sessions;

namespace Chela.Contracts.Messages;

/// <summary>Where on which channel a message was said: what decides which agent answers it, and in which session.</summary>
/// <remarks>
/// Ids are compared as they are, and may hold anything. A channel to whose ids upper and lower case are the same gives them in lower case.
/// </remarks>
/// <param name="Channel">The channel, for example <c>webhook</c>.</param>
/// <param name="Account">The account of the channel that it came to, by the name in the configuration.</param>
/// <param name="Peer">The person or the room.</param>
public sealed record Origin(string Channel, string Account, Peer Peer)
{
    /// <summary>The room around a peer that is itself a part of one; null where there is none.</summary>
    public Peer? Parent { get; init; }

    /// <summary>The thread inside the conversation; null for the conversation itself.</summary>
    public SessionThread? Thread { get; init; }

    /// <summary>The guild (a server of Discord, for example); null where the channel has none.</summary>
    public string? Guild { get; init; }

    /// <summary>The team (a workspace of Slack, for example); null where the channel has none.</summary>
    public string? Team { get; init; }

    /// <summary>The roles that the sender has in the guild.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];
}

/// <summary>A person or a room, as the channel names it.</summary>
public sealed record Peer(PeerKind Kind, string Id);

/// <summary>What a peer is.</summary>
public enum PeerKind
{
    /// <summary>One person.</summary>
    Direct,

    /// <summary>Several people.</summary>
    Group,

    /// <summary>A room that people come to and leave.</summary>
    Channel,
}
