using System.Text;
using Chela.Contracts.Events;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Connections.Streams;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.Plain;

namespace Chela.Gateway.Tests.Connections;

/// <summary>The queue of one connection, with its client at the other end.</summary>
internal sealed class OutboundTrial : IDisposable
{
    private readonly PlainDialect _plain = new();
    private Connection? _connection;
    private long _position;

    public SocketPair Pair { get; } = new();

    public ManualTimeProvider Clock { get; } = new();

    /// <summary>The queue of the connection opened last.</summary>
    public Outbound Outbound => _connection!.Outbound;

    /// <summary>A queue that may hold so many bytes.</summary>
    public Outbound Open(int maxBytes = 8 * 1024 * 1024)
    {
        var limits = new GatewayLimitsConfig { MaxBufferedBytes = maxBytes };
        var gate = new NetworkGate();
        gate.TryEnter(null, 1000, 1000);
        _connection = new Connection(Pair.Server, _plain, null, limits, gate, Clock);
        _connection.Stream.Give(_connection, hold: null);
        return _connection.Outbound;
    }

    /// <summary>Adds a frame that is this text.</summary>
    public bool Add(string text)
    {
        var (rented, length) = SocketPair.Frame(text);
        return Outbound.TryAdd(rented, length);
    }

    /// <summary>Adds an event that is this text and its number.</summary>
    public bool AddEvent(string text) => Add(new TickEvent(1), new EncodedEvent(Encoding.UTF8.GetBytes(text), [], Numbered: true));

    /// <summary>Adds an event in the words of the plain dialect.</summary>
    public bool Add(GatewayEvent happened) => Add(happened, _plain.Encode(happened)!);

    public void Dispose()
    {
        _connection?.Dispose();
        Pair.Dispose();
    }

    private bool Add(GatewayEvent happened, EncodedEvent encoded) =>
        Outbound.TryAdd(_connection!.Stream, new PublishedEvent(happened, ++_position, 0), encoded);
}
