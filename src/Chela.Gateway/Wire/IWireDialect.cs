using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Wire;

/// <summary>A language on the wire: bytes to calls, outcomes and events to bytes. Pure: no socket, no clock, no state.</summary>
internal interface IWireDialect
{
    Dialect Name { get; }

    /// <summary>True when a call may be answered more than once: first that it was accepted, then how it ended.</summary>
    bool AnswersTwice => false;

    /// <summary>Reads one frame.</summary>
    /// <param name="frame">Valid UTF-8. The parameters of the calls point into it.</param>
    WireFrame Read(ReadOnlyMemory<byte> frame);

    /// <summary>Writes the answer to one call as a JSON object.</summary>
    void WriteOutcome(Utf8JsonWriter writer, ReadOnlySpan<byte> id, in Outcome outcome);

    /// <summary>Encodes an event for all clients of this dialect; null when they are not told.</summary>
    EncodedEvent? Encode(GatewayEvent happened);

    /// <summary>The close code and reason with which this dialect ends a connection.</summary>
    WireClose CloseFor(CloseCause cause);
}

/// <summary>What a frame held.</summary>
/// <param name="Calls">The calls, in order; empty when the frame is to be ignored.</param>
/// <param name="IsBatch">True when the answers go into one frame.</param>
internal readonly record struct WireFrame(ReadOnlyMemory<WireCall> Calls, bool IsBatch)
{
    public static WireFrame Nothing => default;

    public static WireFrame One(WireCall call) => new(new[] { call }, false);
}

/// <summary>One call, or the error to answer in its place.</summary>
/// <param name="Id">The raw JSON of the id; null for a notification, which gets no answer.</param>
/// <param name="Method">The method's name.</param>
/// <param name="Parameters">The raw JSON of the parameters; empty when there are none.</param>
/// <param name="Error">Why the call cannot be made; null when it can.</param>
internal readonly record struct WireCall(byte[]? Id, string Method, ReadOnlyMemory<byte> Parameters, RpcError? Error)
{
    /// <summary>The longest <c>traceparent</c> that is looked at, in bytes (01-wire § 3.1).</summary>
    public const int MaxTraceParent = 128;

    /// <summary>The trace that the caller says the call belongs to, unchecked; null for none.</summary>
    public string? TraceParent { get; init; }

    public static WireCall Refused(byte[]? id, RpcErrorKind kind, string message) => new(id, "", default, new RpcError(kind, message));
}

/// <summary>An event as bytes that all clients of a dialect share. Between the two parts goes what is each client's own.</summary>
/// <param name="Head">The frame up to the place of the sequence number.</param>
/// <param name="Tail">The rest of the frame.</param>
/// <param name="Numbered">True when the client's own sequence number stands between the parts.</param>
internal sealed record EncodedEvent(byte[] Head, byte[] Tail, bool Numbered)
{
    private const int MaxDigits = 20;

    /// <summary>The most bytes of the whole frame, whatever its number.</summary>
    public int Length => Head.Length + Tail.Length + (Numbered ? MaxDigits : 0);

    /// <summary>Writes the whole frame.</summary>
    /// <returns>Its length in bytes.</returns>
    public int Compose(long number, Span<byte> frame)
    {
        Head.CopyTo(frame);
        var length = Head.Length;
        if (Numbered)
        {
            number.TryFormat(frame[length..], out var digits);
            length += digits;
        }

        Tail.CopyTo(frame[length..]);
        return length + Tail.Length;
    }
}

/// <summary>Why the gateway ends a connection.</summary>
internal enum CloseCause
{
    /// <summary>The frame is longer than the limit.</summary>
    TooLarge,

    /// <summary>The text is not UTF-8.</summary>
    InvalidText,

    /// <summary>The first frame of a connection could not be read.</summary>
    Unreadable,

    /// <summary>No login within the time for it.</summary>
    HandshakeTimeout,

    /// <summary>The client does not read what it is sent.</summary>
    SlowConsumer,

    /// <summary>The gateway stops.</summary>
    Stopping,

    /// <summary>The client said goodbye.</summary>
    Goodbye,
}

/// <summary>A WebSocket close: its code and a reason of at most 123 bytes.</summary>
internal readonly record struct WireClose(int Code, string Reason)
{
    /// <summary>Reasons are cut at this many UTF-8 bytes (OpenClaw's limit; the protocol's own is 123).</summary>
    public const int MaxReasonBytes = 120;
}
