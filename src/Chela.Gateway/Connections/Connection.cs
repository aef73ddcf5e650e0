using System.Net;
using System.Text;
using Chela.Contracts.Sessions;
using Chela.Gateway.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Connections.Streams;
using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections;

/// <summary>One client, from the upgrade to the last byte.</summary>
internal sealed class Connection : ICallerConnection, IWorkScope, IDisposable
{
    private readonly Outbound _outbound;
    private readonly NetworkGate _gate;
    private readonly TimeProvider _time;
    private Caller _caller;
    private long _closingSince;

    /// <summary>A connection whose socket was let in by the gate; it gives its place there back.</summary>
    public Connection(UpgradedSocket socket, IWireDialect dialect, IPAddress? address, GatewayLimitsConfig limits, NetworkGate gate, TimeProvider time)
    {
        Id = Guid.NewGuid().ToString();
        Socket = socket;
        Dialect = dialect;
        Address = address;
        Limits = limits;
        _gate = gate;
        _time = time;
        Meter = new CallMeter(ClientNetwork.Of(address));
        _caller = Caller.Anonymous(Id);
        _outbound = new Outbound(socket, limits.MaxBufferedBytes, time);
        Stream = new EventStream(Id) { FollowedOnly = dialect.Name != Contracts.Events.Dialect.OpenClaw };
        OpenedAt = time.GetTimestamp();
    }

    /// <summary>Unique for the life of the process and beyond.</summary>
    public string Id { get; }

    public UpgradedSocket Socket { get; }

    /// <summary>The client's language. It may change once, before the login is answered: to the version that was agreed on.</summary>
    public IWireDialect Dialect { get; set; }

    /// <summary>Where the socket comes from; null for transports without addresses.</summary>
    public IPAddress? Address { get; }

    /// <inheritdoc/>
    public CallMeter Meter { get; }

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

    public WorkFacts Facts => new() { Connection = Id, User = Caller.User };

    /// <summary>What the client is told. Another one once it has come back to an earlier one.</summary>
    public EventStream Stream { get; set; }

    /// <summary>True between the login and the moment from which the client is told of events.</summary>
    public bool HasToJoin { get; private set; }

    public void LogIn(Caller caller)
    {
        if (!Interlocked.Exchange(ref _caller, caller).IsAuthenticated)
        {
            _gate.Leave(Address);
            HasToJoin = true;
        }
    }

    /// <summary>How this connection logs in when a method asks for it; set by its login, which knows where it comes from.</summary>
    public Func<string?, string, CancellationToken, Task<Caller>>? SecretLogin { get; set; }

    public Task<Caller> LogInAsync(string? secret, string clientId, CancellationToken ct) =>
        SecretLogin?.Invoke(secret, clientId, ct) ?? throw new InvalidOperationException("The connection serves calls before its login began.");

    public bool Follow(SessionKey session) => Stream.Follow(session);

    public void Unfollow(SessionKey session) => Stream.Unfollow(session);

    public void Subscribe(string topic) => Stream.Subscribe(topic);

    public void Unsubscribe(string topic) => Stream.Unsubscribe(topic);

    /// <summary>The client is told of events from now on.</summary>
    public void Joined() => HasToJoin = false;

    /// <summary>Queues an event of the client's stream. A client that is too slow misses it or is closed, as the event says.</summary>
    public void Tell(PublishedEvent published, EncodedEvent encoded)
    {
        if (!_outbound.TryAdd(Stream, published, encoded) && !published.Happened.DropIfSlow && !_outbound.IsClosed)
        {
            Close(CloseCause.SlowConsumer);
        }

        _outbound.SendSoon();
    }

    public void Close(CloseCause cause) => Close(Dialect.CloseFor(cause));

    public void Close(int code, string reason) => Close(new WireClose(code, Cut(reason)));

    /// <summary>Closes the connection because of a call: at once, or after the answer when the call came over this connection.</summary>
    public void Close(int code, string reason, CallContext? call)
    {
        if (call?.Connection == this)
        {
            call.AfterAnswer(() => Close(code, reason));
        }
        else
        {
            Close(code, reason);
        }
    }

    /// <summary>Says goodbye after what is queued; the other side has a moment to answer.</summary>
    public void Close(WireClose close)
    {
        Interlocked.CompareExchange(ref _closingSince, _time.GetTimestamp(), 0);
        _outbound.AddClose(close);
        _outbound.SendSoon(); // not at once: who publishes an event must not do the sending
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
