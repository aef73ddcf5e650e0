namespace Chela.Contracts.Messages;

/// <summary>A text on its way to people on a channel.</summary>
/// <param name="Id">Unique; a message that comes twice under one id is sent once. The answer of a run has the run's id.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="Text">The whole text, however long; it is cut on delivery. Blank where there are files alone.</param>
/// <param name="TimestampMs">When it was said, in Unix milliseconds.</param>
public sealed record OutboundMessage(string Id, ReplyTarget Target, string Text, long TimestampMs)
{
    /// <summary>The trace that it belongs to, in the form of W3C Trace Context; null for none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What it answers, as the platform names messages; null where it is to stand by itself.</summary>
    public string? ReplyToId { get; init; }

    /// <summary>The files that go with it, after the text.</summary>
    public IReadOnlyList<Attachment> Files { get; init; } = [];

    /// <summary>What whoever reads it can choose from. The text names them too: not every channel has buttons.</summary>
    public IReadOnlyList<Choice> Choices { get; init; } = [];
}

/// <summary>A button under a message.</summary>
/// <param name="Label">What stands on it; at most 20 characters.</param>
/// <param name="Command">What whoever presses it says by that; at most 64 bytes in UTF-8, which is what Telegram gives back.</param>
public sealed record Choice(string Label, string Command);
