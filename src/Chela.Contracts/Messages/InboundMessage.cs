using Chela.Contracts.Sessions;

namespace Chela.Contracts.Messages;

/// <summary>A message of a person on its way to an agent.</summary>
/// <param name="RunId">Names the run that answers it; also the key by which a repeated message is recognised.</param>
/// <param name="Session">The conversation that it belongs to.</param>
/// <param name="Content">The text.</param>
/// <param name="Channel">Where it came from, for example <c>webchat</c>.</param>
/// <param name="SenderId">Who sent it, as the channel names people; stable, never a display name.</param>
/// <param name="TimestampMs">When it was accepted, in Unix milliseconds.</param>
public sealed record InboundMessage(string RunId, SessionKey Session, string Content, string Channel, string SenderId, long TimestampMs)
{
    /// <summary>Where on a channel it was said; null where a client or an agent sent it.</summary>
    public Origin? Origin { get; init; }

    /// <summary>Where the answer is sent; null where whoever asked listens for events.</summary>
    public ReplyTarget? ReplyTo { get; init; }

    /// <summary>What the platform calls it; null where none does.</summary>
    public string? MessageId { get; init; }

    /// <summary>The trace that it belongs to, in the form of W3C Trace Context; null for none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The files that came with it.</summary>
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
}
