namespace Chela.Gateway.Connections.Streams;

/// <summary>
/// The streams whose clients may come back; those whose clients are gone in the order in which they went, bounded in number and age.
/// </summary>
/// <remarks>Used under the lock of <see cref="EventFanout"/>.</remarks>
internal sealed class ResumableStreams
{
    private readonly LinkedList<(EventStream Stream, long Since)> _waiting = new();
    private readonly Dictionary<string, LinkedListNode<(EventStream Stream, long Since)>> _byEpoch = new(StringComparer.Ordinal);
    private readonly Dictionary<StreamOwner, int> _clients = [];

    /// <summary>The stream's client may come back from now on.</summary>
    public void Add(EventStream stream) => _clients[stream.Client!] = _clients.GetValueOrDefault(stream.Client!) + 1;

    /// <summary>True when a client is to be asked whether it comes back: a stream of the same one is there.</summary>
    public bool HasOneOf(StreamOwner? client) => client is not null && _clients.ContainsKey(client);

    /// <summary>The stream's client is gone.</summary>
    /// <returns>The stream that gives way when too many wait; null otherwise.</returns>
    public EventStream? Park(EventStream stream, long now, int max)
    {
        _byEpoch[stream.Epoch] = _waiting.AddLast((stream, now));
        return _waiting.Count > max ? Forget(_waiting.First!.Value.Stream) : null;
    }

    /// <summary>The stream's client is back.</summary>
    public void Unpark(EventStream stream)
    {
        if (_byEpoch.Remove(stream.Epoch, out var node))
        {
            _waiting.Remove(node);
        }
    }

    /// <summary>Nobody comes back to the stream.</summary>
    /// <returns>The stream.</returns>
    public EventStream Forget(EventStream stream)
    {
        Unpark(stream);
        if (stream.IsResumable && --_clients[stream.Client!] == 0)
        {
            _clients.Remove(stream.Client!);
        }

        return stream;
    }

    /// <summary>Forgets the streams that have waited for too long.</summary>
    public IReadOnlyList<EventStream> Expire(TimeProvider time, TimeSpan maxAge)
    {
        var expired = new List<EventStream>();
        while (_waiting.First is { } oldest && time.GetElapsedTime(oldest.Value.Since) > maxAge)
        {
            expired.Add(Forget(oldest.Value.Stream));
        }

        return expired;
    }
}
