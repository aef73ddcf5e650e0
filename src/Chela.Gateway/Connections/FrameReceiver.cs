using System.Buffers;
using System.Net.WebSockets;
using System.Text.Unicode;
using Chela.Gateway.Wire;

namespace Chela.Gateway.Connections;

/// <summary>What came from the socket: a frame, or why there will be none.</summary>
/// <param name="Payload">Valid until the next call of the receiver.</param>
/// <param name="End">Null for a frame.</param>
internal readonly record struct Received(ReadOnlyMemory<byte> Payload, CloseCause? End);

/// <summary>Gathers one message at a time under a hard limit. Holds no buffer while the connection is idle.</summary>
internal sealed class FrameReceiver(WebSocket socket) : IDisposable
{
    private const int FirstBuffer = 4096;

    private byte[]? _buffer;

    /// <summary>Waits for the next message. Text and binary messages are both read as text, as OpenClaw does.</summary>
    /// <param name="limit">The longest message that is accepted, in bytes.</param>
    /// <param name="beforeWait">Called when nothing is there yet: the moment to send what is queued.</param>
    /// <param name="ct">Ends the wait; the socket is of no use afterwards.</param>
    public async ValueTask<Received> ReceiveAsync(int limit, Action beforeWait, CancellationToken ct)
    {
        Release();
        var arrival = socket.ReceiveAsync(Memory<byte>.Empty, ct);
        if (!arrival.IsCompleted)
        {
            beforeWait();
        }

        var first = await arrival;
        if (first.MessageType == WebSocketMessageType.Close)
        {
            return new Received(default, CloseCause.Goodbye);
        }

        return first.EndOfMessage ? new Received(default, null) : await GatherAsync(limit, beforeWait, ct); // only an empty message ends at once
    }

    public void Dispose() => Release();

    private async ValueTask<Received> GatherAsync(int limit, Action beforeWait, CancellationToken ct)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        var length = 0;
        while (true)
        {
            var arrival = socket.ReceiveAsync(_buffer.AsMemory(length), ct);
            if (!arrival.IsCompleted)
            {
                beforeWait(); // the rest of the message may be long in coming
            }

            var part = await arrival;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return new Received(default, CloseCause.Goodbye);
            }

            length += part.Count;
            if (length > limit)
            {
                return new Received(default, CloseCause.TooLarge);
            }

            if (part.EndOfMessage)
            {
                return Utf8.IsValid(_buffer.AsSpan(0, length))
                    ? new Received(_buffer.AsMemory(0, length), null)
                    : new Received(default, CloseCause.InvalidText);
            }

            if (length == _buffer.Length)
            {
                Grow(limit);
            }
        }
    }

    private void Grow(int limit)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * _buffer!.Length, limit + 1L));
        _buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
