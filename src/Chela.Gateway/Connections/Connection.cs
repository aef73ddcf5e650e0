using System.Collections.Immutable;
using System.Net;
using System.Text;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections;

/// <summary>One client, from the upgrade to the last byte.</summary>
internal sealed class Connection : ICallerConnection, IDisposable
{
    private readonly Outbound _outbound;
    private readonly LoginGate _gate;
    private readonly TimeProvider _time;
    private Caller _caller;
    private ImmutableHashSet<SessionKey> _followed = [];
    private long _closingSince;

    /// <summary>A connection whose socket was let in by the gate; it gives its place there back.</summary>
    public Connection(UpgradedSocket socket, IWireDialect dialect, IPAddress? address, GatewayLimitsConfig limits, LoginGate gate, TimeProvider time)
    {
        Id = Guid.NewGuid().ToString();
        Socket = socket;
        Dialect = dialect;
        Address = address;
        Limits = limits;
        _gate = gate;
        _time = time;
        _caller = Caller.Anonymous(Id);
        _outbound = new Outbound(socket, limits.MaxBufferedBytes, time);
        OpenedAt = time.GetTimestamp();
    }

    /// <summary>Unique for the life of the process and beyond.</summary>
    public string Id { get; }

    public UpgradedSocket Socket { get; }

    public IWireDialect Dialect { get; }

    /// <summary>Where the socket comes from; null for transports without addresses.</summary>
    public IPAddress? Address { get; }

    /// <summary>The limits in force when the connection was opened.</summary>
    public GatewayLimitsConfig Limits { get; }

    /// <summary>Timestamp of the time provider.</summary>
    public long OpenedAt { get; }

    /// <summary>Ends when the connection is over; calls in flight are told by it.</summary>
    public CancellationTokenSource Aborted { get; } = new();

    /// <summary>The calls that wait for their outcome.</summary>
    public Countdown Calls { get; } = new();

    public Caller Caller => Volatile.Read(ref _caller);

    public Outbound Outbound => _outbound;

    public void LogIn(Caller caller)
    {
        if (!Interlocked.Exchange(ref _caller, caller).IsAuthenticated)
        {
            _gate.Leave(Address);
        }
    }

    public void Follow(SessionKey session) => ImmutableInterlocked.Update(ref _followed, (set, key) => set.Add(key), session);

    /// <summary>True when this client is to be told of the event.</summary>
    public bool Hears(GatewayEvent happened)
    {
        var caller = Caller;
        if (!caller.IsAuthenticated || (happened.RequiredScope != default && !caller.Holds(happened.RequiredScope)))
        {
            return false;
        }

        // OpenClaw clients hear of every session that they may read; the others of those that they follow.
        return happened.Session is not { } session || Dialect.Name == Contracts.Events.Dialect.OpenClaw || _followed.Contains(session);
    }

    /// <summary>Queues an event. A client that is too slow misses it or is closed, as the event says.</summary>
    public void Tell(GatewayEvent happened, EncodedEvent encoded)
    {
        if (!_outbound.TryAdd(encoded) && !happened.DropIfSlow && !_outbound.IsClosed)
        {
            Close(CloseCause.SlowConsumer);
        }

        _outbound.SendSoon();
    }

    public void Close(CloseCause cause) => Close(Dialect.CloseFor(cause));

    public void Close(int code, string reason) => Close(new WireClose(code, Cut(reason)));

    /// <summary>Says goodbye after what is queued; the other side has a moment to answer.</summary>
    public void Close(WireClose close)
    {
        Interlocked.CompareExchange(ref _closingSince, _time.GetTimestamp(), 0);
        _outbound.AddClose(close);
        _outbound.Send();
    }

    /// <summary>How long ago the goodbye was said; zero while it was not.</summary>
    public TimeSpan ClosingFor() =>
        Interlocked.Read(ref _closingSince) is var since and not 0 ? _time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>True when the gateway itself has cut the connection off.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>Ends the connection without a goodbye.</summary>
    public void Abort()
    {
        IsCutOff = true;
        Socket.Socket.Abort();
    }

    public void Dispose()
    {
        if (!Caller.IsAuthenticated)
        {
            _gate.Leave(Address);
        }

        Aborted.Dispose();
        _outbound.Dispose();
        Socket.Socket.Dispose();
    }

    private static string Cut(string reason)
    {
        if (Encoding.UTF8.GetByteCount(reason) <= WireClose.MaxReasonBytes)
        {
            return reason;
        }

        Encoding.UTF8.GetEncoder().Convert(reason, new byte[WireClose.MaxReasonBytes], flush: false, out var used, out _, out _);
        return reason[..used];
    }
}
