using Chela.Contracts.Events;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Connections.Streams;

namespace Chela.Gateway.Connections;

/// <summary>
/// Carries events from the bus to every client that is to hear them, in one order for all; each is encoded once per dialect. Keeps
/// the streams of clients that said that they may come back.
/// </summary>
internal sealed class EventFanout
{
    /// <summary>How many streams wait for their clients at once; the one that has waited longest gives way.</summary>
    public const int MaxParked = 10_000;

    private static readonly TimeSpan HoldLimit = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, EventStream> _streams = new(StringComparer.Ordinal);
    private readonly ResumableStreams _resumable = new();
    private readonly EventRing _ring;
    private readonly TimeSpan _maxAge;
    private readonly TimeProvider _time;

    public EventFanout(EventBus events, ConfigStore config, TimeProvider time)
    {
        var settings = config.Current.Config.Gateway.Events;
        _maxAge = TimeSpan.FromMilliseconds(settings.ReplayMs);
        _ring = new EventRing(settings.ReplayBytes, _maxAge, time);
        _time = time;
        events.Subscribe(Publish);
    }

    /// <summary>A client has logged in and was told so: from now on it hears.</summary>
    /// <remarks>If it may have come back for an earlier stream, it hears nothing until it has said so or called something else.</remarks>
    public void Join(Connection connection)
    {
        lock (_gate)
        {
            connection.Joined();
            var stream = connection.Stream;
            stream.StartAt(_ring.Last);
            stream.Give(connection, hold: null);
            if (_resumable.HasOneOf(stream.Client))
            {
                stream.Give(connection, hold: (new ResumePoint(_ring.Last, []), _time.GetTimestamp()));
            }

            _streams[stream.Epoch] = stream;
        }
    }

    /// <summary>A connection is over. Its stream waits for the client, if that may come back.</summary>
    public void Leave(Connection connection)
    {
        lock (_gate)
        {
            var stream = connection.Stream;
            if (stream.Holder != connection)
            {
                return; // it never began, or has gone over to another connection
            }

            stream.Park();
            if (!stream.IsResumable)
            {
                _streams.Remove(stream.Epoch);
            }
            else if (_resumable.Park(stream, _time.GetTimestamp(), MaxParked) is { } given)
            {
                _streams.Remove(given.Epoch);
            }
        }
    }

    /// <summary>Gives a connection back the stream that it had before.</summary>
    /// <param name="connection">The client's new connection. It is told what it missed at <see cref="Release"/>.</param>
    /// <param name="epoch">The stream.</param>
    /// <param name="seq">The last number that the client saw.</param>
    /// <returns>Null when it is done; otherwise why it cannot be.</returns>
    public string? Resume(Connection connection, string epoch, long seq)
    {
        lock (_gate)
        {
            var fresh = connection.Stream;
            if (!_streams.TryGetValue(epoch, out var stream) || !stream.IsResumable || stream.Client != fresh.Client)
            {
                return "unknown-epoch";
            }

            if (stream.PointOf(seq) is not { } point)
            {
                return "unknown-seq";
            }

            if (_ring.After(point.Place) is not { } missed)
            {
                return "expired";
            }

            if (Bytes(missed, stream) > connection.Limits.MaxBufferedBytes)
            {
                return "too-much";
            }

            stream.Holder?.Close(1000, "resumed by another connection");
            _resumable.Unpark(stream);
            _streams.Remove(_resumable.Forget(fresh).Epoch);
            stream.Inherit(fresh);
            stream.Rewind(seq);
            stream.Give(connection, hold: (point, _time.GetTimestamp()));
            connection.Stream = stream;
            return null;
        }
    }

    /// <summary>The client may come back to its present stream.</summary>
    public void MakeResumable(Connection connection)
    {
        lock (_gate)
        {
            if (!connection.Stream.IsResumable)
            {
                connection.Stream.MakeResumable();
                _resumable.Add(connection.Stream);
            }
        }
    }

    /// <summary>Tells a client what was held back for it, if anything was, and from then on what comes.</summary>
    public void Release(Connection connection)
    {
        if (connection.Stream.Hold is null)
        {
            return;
        }

        lock (_gate)
        {
            var stream = connection.Stream;
            if (stream.Hold is not { } hold || stream.Holder != connection)
            {
                return;
            }

            stream.Open();
            foreach (var published in _ring.After(hold.Point.Place)?.Where(published => !hold.Point.Has(published)) ?? [])
            {
                Tell(stream, published);
            }
        }
    }

    /// <summary>Lets go of what is too old, and tells clients what was held back for too long.</summary>
    public void Sweep()
    {
        Connection[] late;
        lock (_gate)
        {
            _ring.Trim();
            foreach (var stream in _resumable.Expire(_time, _maxAge))
            {
                _streams.Remove(stream.Epoch);
            }

            late = [.. _streams.Values.Where(stream => stream.Hold is { } hold && _time.GetElapsedTime(hold.Since) > HoldLimit)
                .Select(stream => stream.Holder!)];
        }

        Array.ForEach(late, Release);
    }

    private void Publish(GatewayEvent happened)
    {
        lock (_gate)
        {
            var published = new PublishedEvent(happened, _ring.Last + 1, _time.GetTimestamp());
            foreach (var stream in _streams.Values)
            {
                Tell(stream, published);
            }

            if (published.IsHeard)
            {
                _ring.Add(published);
            }
        }
    }

    /// <summary>Also makes the bytes for a client that is not there now: it may come for them.</summary>
    private static void Tell(EventStream stream, PublishedEvent published)
    {
        if (stream.Hears(published.Happened) && published.In(stream.Dialect!) is { } encoded)
        {
            stream.Listener?.Tell(published, encoded);
        }
    }

    private static long Bytes(IEnumerable<PublishedEvent> missed, EventStream stream) =>
        missed.Where(published => stream.Hears(published.Happened)).Sum(published => (long)(published.In(stream.Dialect!)?.Length ?? 0));
}
