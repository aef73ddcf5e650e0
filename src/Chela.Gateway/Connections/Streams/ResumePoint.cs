namespace Chela.Gateway.Connections.Streams;

/// <summary>An event as it was sent, perhaps one that stood for several.</summary>
/// <param name="Number">Its number in the stream.</param>
/// <param name="Position">Its place, or that of the last event that it stood for.</param>
/// <param name="First">The place of the first event that it stood for.</param>
/// <param name="Safe">Everything up to here was sent before it or with it.</param>
/// <param name="Key">What it is a step of; null for an event that stands alone.</param>
internal readonly record struct Told(long Number, long Position, long First, long Safe, string? Key)
{
    /// <summary>True when the event was sent with this one.</summary>
    public bool Covers(PublishedEvent published) =>
        published.Position == Position
        || (Key is not null && published.Position >= First && published.Position < Position && published.Happened.MergeKey == Key);
}

/// <summary>Where a client is: it has everything up to a place, and some of what came after it.</summary>
/// <param name="Place">The place.</param>
/// <param name="Ahead">What it has beyond: it was sent before a step that waited while others were merged into it.</param>
internal sealed record ResumePoint(long Place, IReadOnlyList<Told> Ahead)
{
    /// <summary>True when the client has the event already.</summary>
    public bool Has(PublishedEvent published) => published.Position <= Place || Ahead.Any(told => told.Covers(published));
}
