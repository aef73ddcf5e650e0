using System.Buffers;
using Chela.Contracts.Events;
using Chela.Gateway.Connections.Streams;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections;

/// <summary>One thing that waits to be sent: a frame in a rented array, an event, or the goodbye.</summary>
internal readonly record struct Outgoing
{
    /// <summary>A whole frame; null for the others.</summary>
    public byte[]? Rented { get; init; }

    /// <summary>What it counts for in the queue, in bytes.</summary>
    public int Length { get; init; }

    /// <summary>An event that the client shares with others.</summary>
    public EncodedEvent? Encoded { get; init; }

    /// <summary>A step that later ones may replace.</summary>
    public Step? Step { get; init; }

    /// <summary>The stream that the event belongs to; null for a frame without a number.</summary>
    public EventStream? Stream { get; init; }

    /// <summary>The event's place among all events.</summary>
    public long Position { get; init; }

    /// <summary>The place of the first event that it stands for.</summary>
    public long First => Step?.First ?? Position;

    /// <summary>Everything up to this place is sent before it or with it; zero when that is its own place.</summary>
    public long Safe { get; init; }

    /// <summary>How many events before it were left out.</summary>
    public int Skipped { get; init; }

    public WireClose? Close { get; init; }

    /// <summary>True for a step that another one stands for.</summary>
    public bool IsVoid => Step is { IsReplaced: true };

    /// <summary>The event's frame in an array that the caller returns; null when it is not this sender's to send any more.</summary>
    public (byte[] Rented, int Length)? Compose(Outbound sender)
    {
        var number = 0L;
        var told = new Told(0, Position, First, Safe == 0 ? Position : Safe, Step?.Key);
        if (Stream is not null && !Stream.TryNumber(sender, told, Skipped, out number))
        {
            return null;
        }

        var encoded = Encoded ?? Step!.Encoded ?? Stream!.Dialect!.Encode(Step.Happened)!;
        var frame = ArrayPool<byte>.Shared.Rent(encoded.Length);
        return (frame, encoded.Compose(number, frame));
    }

    public void Return()
    {
        if (Rented is not null)
        {
            ArrayPool<byte>.Shared.Return(Rented);
        }
    }
}

/// <summary>A step while it waits. Changed under the queue's lock.</summary>
/// <param name="key">What it is a step of.</param>
/// <param name="first">The place of the first event that it stands for.</param>
/// <param name="happened">The event, or the one that stands for several.</param>
/// <param name="encoded">Its bytes; null when it stands for several, and is encoded when it leaves.</param>
internal sealed class Step(string key, long first, GatewayEvent happened, EncodedEvent? encoded)
{
    /// <summary>What a step counts for in the queue, in bytes.</summary>
    public const int Overhead = 256;

    public string Key => key;

    public long First => first;

    public GatewayEvent Happened { get; private set; } = happened;

    public EncodedEvent? Encoded { get; private set; } = encoded;

    /// <summary>The left out events that its number counts.</summary>
    public int Skipped { get; set; }

    public bool IsReplaced { get; private set; }

    /// <summary>Another step stands for it; what it holds is let go at once, for it may wait long for its turn to be skipped.</summary>
    public void Replace(GatewayEvent by) => (IsReplaced, Encoded, Happened) = (true, null, by);
}
