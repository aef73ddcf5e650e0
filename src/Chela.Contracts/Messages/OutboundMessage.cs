namespace Chela.Contracts.Messages;

/// <summary>A text on its way to people on a channel.</summary>
/// <param name="Id">Unique; a message that comes twice under one id is sent once. The answer of a run has the run's id.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="Text">The whole text, however long; it is cut on delivery.</param>
/// <param name="TimestampMs">When it was said, in Unix milliseconds.</param>
public sealed record OutboundMessage(string Id, ReplyTarget Target, string Text, long TimestampMs)
{
    /// <summary>The trace that it belongs to, in the form of W3C Trace Context; null for none.</summary>
    public string? TraceParent { get; init; }
}
