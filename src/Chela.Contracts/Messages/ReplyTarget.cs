namespace Chela.Contracts.Messages;

/// <summary>Where on which channel an answer goes.</summary>
/// <param name="Channel">The channel, for example <c>webhook</c>.</param>
/// <param name="Account">The account of the channel that speaks, by the name in the configuration.</param>
/// <param name="Chat">The conversation, as the channel names it.</param>
public sealed record ReplyTarget(string Channel, string Account, string Chat)
{
    /// <summary>What kind of conversation it is: a person and a room may have the same name.</summary>
    public PeerKind Kind { get; init; }

    /// <summary>The thread inside the conversation; null for the conversation itself.</summary>
    public string? Thread { get; init; }
}
