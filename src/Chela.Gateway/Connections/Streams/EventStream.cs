using System.Collections.Immutable;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections.Streams;

/// <summary>
/// What one client is told, as a numbered sequence. It belongs to one connection at a time; a client that means to come back
/// finds it again under its epoch.
/// </summary>
/// <param name="epoch">Its name: the id of the connection that began it.</param>
internal sealed class EventStream(string epoch)
{
    /// <summary>How many of the latest numbers are remembered with their places; who is further behind begins anew.</summary>
    public const int MaxNumbers = 4096;

    /// <summary>How many sessions a client may follow.</summary>
    public const int MaxFollowed = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<Told> _told = new();
    private ImmutableHashSet<SessionKey> _followed = [];
    private ImmutableHashSet<string> _topics = [];
    private string? _connectionId;
    private long _number;
    private long _position;
    private long _forgotten;

    public string Epoch => epoch;

    /// <summary>The words in which the client is told; set when it joins.</summary>
    public IWireDialect? Dialect { get; private set; }

    /// <summary>Who listens; null before the login.</summary>
    public Caller? Caller { get; private set; }

    /// <summary>The connection that the stream belongs to; null while it waits for its client.</summary>
    public Connection? Holder { get; private set; }

    /// <summary>The connection that is told at once; null while nobody is there, or what comes is kept back.</summary>
    public Connection? Listener => Hold is null ? Holder : null;

    /// <summary>Who the client is, whatever it shows for it: only the same one can come back to the stream. Null before the login.</summary>
    public StreamOwner? Client => Caller is null ? null : StreamOwner.Of(Dialect!.Name, Caller);

    /// <summary>True when the client has said that it may come back for what it missed.</summary>
    public bool IsResumable { get; private set; }

    /// <summary>True when the client hears only of sessions that it follows; OpenClaw clients hear of all unless they ask for less.</summary>
    public bool FollowedOnly { get; set; }

    /// <summary>Where the client is whose events are kept back, and since when; null while nothing is kept back.</summary>
    public (ResumePoint Point, long Since)? Hold { get; private set; }

    /// <summary>The number of the last event that was sent.</summary>
    public long Number
    {
        get
        {
            lock (_gate)
            {
                return _number;
            }
        }
    }

    /// <summary>The client hears of this session from now on; false when it follows too many already.</summary>
    public bool Follow(SessionKey session) =>
        ImmutableInterlocked.Update(ref _followed, (set, key) => set.Count < MaxFollowed ? set.Add(key) : set, session) || _followed.Contains(session);

    public void Unfollow(SessionKey session) => ImmutableInterlocked.Update(ref _followed, (set, key) => set.Remove(key), session);

    public void Subscribe(string topic) => ImmutableInterlocked.Update(ref _topics, (set, name) => set.Add(name), topic);

    public void Unsubscribe(string topic) => ImmutableInterlocked.Update(ref _topics, (set, name) => set.Remove(name), topic);

    /// <summary>True when this client is to be told of the event.</summary>
    public bool Hears(GatewayEvent happened)
    {
        if (Caller is not { IsAuthenticated: true } caller || (happened.RequiredScope != default && !caller.Holds(happened.RequiredScope)))
        {
            return false;
        }

        return (happened.ConnectionId is not { } only || only == _connectionId)
            && (happened.Topic is not { } topic || _topics.Contains(topic))
            && (happened.Session is not { } session || !FollowedOnly || _followed.Contains(session));
    }

    /// <summary>A connection begins the stream, or goes on with it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="hold">Where the client is, if events are kept back for now, and since when.</param>
    public void Give(Connection connection, (ResumePoint Point, long Since)? hold)
    {
        lock (_gate)
        {
            (Holder, Hold, _connectionId) = (connection, hold, connection.Id);
            (Caller, Dialect) = (connection.Caller, connection.Dialect);
        }
    }

    /// <summary>From now on the connection is told at once.</summary>
    public void Open() => Hold = null;

    /// <summary>Nobody is told until the client comes back.</summary>
    public void Park()
    {
        lock (_gate)
        {
            (Holder, Hold) = (null, null);
        }
    }

    /// <summary>Remembers the numbers from here on.</summary>
    public void MakeResumable()
    {
        lock (_gate)
        {
            IsResumable = true;
            _told.Enqueue(new Told(_number, _position, _position, _position, null));
        }
    }

    /// <summary>Begins to count from a place.</summary>
    public void StartAt(long position)
    {
        lock (_gate)
        {
            _position = position;
        }
    }

    /// <summary>Where a client is that has seen a number last; null when the stream never got there, or is far beyond.</summary>
    public ResumePoint? PointOf(long number)
    {
        lock (_gate)
        {
            if (number > _number || !_told.TryPeek(out var oldest) || number < oldest.Number)
            {
                return null;
            }

            var seen = _told.TakeWhile(told => told.Number <= number).ToList();
            var place = seen[^1].Safe;
            return place < _forgotten ? null : new ResumePoint(place, [.. seen.Where(told => told.Position > place)]);
        }
    }

    /// <summary>Goes back to where the client is, so that what follows has the numbers that it expects.</summary>
    /// <param name="number">One for which there is a <see cref="PointOf"/>.</param>
    public void Rewind(long number)
    {
        lock (_gate)
        {
            var seen = _told.TakeWhile(told => told.Number <= number).ToArray();
            _told.Clear();
            Array.ForEach(seen, _told.Enqueue);
            (_number, _position) = (number, seen[^1].Position);
        }
    }

    /// <summary>Takes the sessions and topics of another stream, which ends.</summary>
    public void Inherit(EventStream other)
    {
        foreach (var session in other._followed)
        {
            Follow(session);
        }

        foreach (var topic in other._topics)
        {
            Subscribe(topic);
        }
    }

    /// <summary>Gives an event its number, in the order of sending.</summary>
    /// <param name="sender">Who sends it.</param>
    /// <param name="told">The event; its number is not known yet.</param>
    /// <param name="skipped">How many before it were left out because the client was slow: they take numbers, too.</param>
    /// <param name="number">The number.</param>
    /// <returns>False when the stream has gone over to another connection: the event is that one's to send.</returns>
    public bool TryNumber(Outbound sender, Told told, int skipped, out long number)
    {
        lock (_gate)
        {
            number = _number + skipped + 1;
            if (Holder?.Outbound != sender)
            {
                return false;
            }

            (_number, _position) = (number, told.Position);
            if (IsResumable)
            {
                Remember(told with { Number = number });
            }

            return true;
        }
    }

    private void Remember(Told told)
    {
        _told.Enqueue(told);
        if (_told.Count > MaxNumbers)
        {
            _forgotten = Math.Max(_forgotten, _told.Dequeue().Position);
        }
    }
}
