using Chela.Contracts.Messages;

namespace Chela.Contracts.Channels;

/// <summary>A channel that can send texts. It tries once: when to try again is decided for all channels in one place.</summary>
public interface IOutboundChannel
{
    /// <summary>The name that targets have it by.</summary>
    string Name { get; }

    /// <summary>The longest piece that the target takes, in characters; at least 100.</summary>
    int MaxCharsFor(ReplyTarget target);

    /// <summary>Sends one piece. What it throws counts as a failure that may pass.</summary>
    Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct);
}

/// <summary>A part of an outbound message that fits into one message of the channel.</summary>
/// <param name="MessageId">The message that it is cut from.</param>
/// <param name="Number">Its place among the pieces, from 1.</param>
/// <param name="Count">How many pieces there are.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="Text">What is sent.</param>
/// <param name="TimestampMs">When the message was said, in Unix milliseconds.</param>
public sealed record OutboundPiece(string MessageId, int Number, int Count, ReplyTarget Target, string Text, long TimestampMs)
{
    /// <summary>The same each time that this piece is sent: a channel that knows it again shows it once.</summary>
    public string IdempotencyKey => $"{MessageId}#{Number}";

    /// <summary>What it answers, as the platform names messages; null where it is to stand by itself, as all pieces but the first do.</summary>
    public string? ReplyToId { get; init; }

    /// <summary>The buttons under it; none under all pieces but the last. A channel without buttons leaves them out: the text names what can be chosen.</summary>
    public IReadOnlyList<Choice> Choices { get; init; } = [];
}

/// <summary>A file of an outbound message.</summary>
/// <param name="MessageId">The message that it goes with.</param>
/// <param name="Number">Its place among the pieces, from 1; files come after the text.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="Name">What people see it called; a name, never a path.</param>
/// <param name="MimeType">What it is, by its content.</param>
/// <param name="Content">The whole content.</param>
public sealed record OutboundFile(string MessageId, int Number, ReplyTarget Target, string Name, string MimeType, ReadOnlyMemory<byte> Content)
{
    /// <summary>The same each time that this file is sent: a channel that knows it again shows it once.</summary>
    public string IdempotencyKey => $"{MessageId}#{Number}";

    /// <summary>What it answers, as the platform names messages; null where it is to stand by itself.</summary>
    public string? ReplyToId { get; init; }
}
