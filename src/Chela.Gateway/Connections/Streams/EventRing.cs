namespace Chela.Gateway.Connections.Streams;

/// <summary>The latest events in their order, for clients that come back: bounded in bytes and in age.</summary>
/// <param name="maxBytes">What the events may hold together.</param>
/// <param name="maxAge">How long an event is kept.</param>
internal sealed class EventRing(long maxBytes, TimeSpan maxAge, TimeProvider time)
{
    private readonly Queue<(PublishedEvent Event, int Bytes)> _events = new();
    private long _bytes;

    /// <summary>The place of the newest event, kept or not.</summary>
    public long Last { get; private set; }

    /// <summary>Adds the event that has the place after <see cref="Last"/>.</summary>
    public void Add(PublishedEvent published)
    {
        var bytes = published.Bytes;
        Last = published.Position;
        _events.Enqueue((published, bytes));
        _bytes += bytes;
        Trim();
    }

    /// <summary>Lets go of what is too old or too much.</summary>
    public void Trim()
    {
        while (_events.TryPeek(out var oldest) && (_bytes > maxBytes || time.GetElapsedTime(oldest.Event.At) > maxAge))
        {
            _bytes -= oldest.Bytes;
            _events.Dequeue();
        }
    }

    /// <summary>The events after a place; null when one of them is not kept any more.</summary>
    public IEnumerable<PublishedEvent>? After(long position)
    {
        var first = _events.TryPeek(out var oldest) ? oldest.Event.Position : Last + 1;
        return position < first - 1 ? null : _events.Select(entry => entry.Event).SkipWhile(published => published.Position <= position);
    }
}
