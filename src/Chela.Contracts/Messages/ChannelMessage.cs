namespace Chela.Contracts.Messages;

/// <summary>A message of a person as a channel brings it: where it was said, and not yet which agent answers it.</summary>
/// <param name="RunId">Names the run that answers it; also the key by which a repeated message is recognised.</param>
/// <param name="Origin">Where it was said.</param>
/// <param name="SenderId">Who sent it, as the channel names people; stable, never a display name.</param>
/// <param name="Content">The text.</param>
/// <param name="TimestampMs">When it was accepted, in Unix milliseconds.</param>
public sealed record ChannelMessage(string RunId, Origin Origin, string SenderId, string Content, long TimestampMs)
{
    /// <summary>Where the answer is sent; null where it stays in the transcript.</summary>
    public ReplyTarget? ReplyTo { get; init; }

    /// <summary>What people call the sender; decides nothing, for anybody may call himself anything.</summary>
    public string? SenderName { get; init; }

    /// <summary>What the platform calls it in its chat; null where it has no name by which it could be answered.</summary>
    public string? MessageId { get; init; }

    /// <summary>True where it names the account, or answers something that the account said.</summary>
    public bool IsMention { get; init; }
}

/// <summary>A file as a channel brings it.</summary>
/// <param name="Name">What its sender calls it; null where it has no name.</param>
/// <param name="MimeType">What its sender says that it is; null where nothing is said. What it is, its content says.</param>
/// <param name="Content">The whole content.</param>
public sealed record ChannelFile(string? Name, string? MimeType, ReadOnlyMemory<byte> Content);
