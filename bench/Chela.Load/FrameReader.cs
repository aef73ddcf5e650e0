using System.Buffers;
using System.Net.WebSockets;

namespace Chela.Load;

/// <summary>Reads whole messages. Holds no buffer while nothing comes, so that a crowd of idle connections fits into one process.</summary>
internal sealed class FrameReader(WebSocket socket)
{
    private byte[] _buffer = [];

    /// <summary>The next message, valid until the next call; null when the other side has said goodbye.</summary>
    /// <exception cref="WebSocketException">The connection is gone.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken ct)
    {
        Release();
        var received = await socket.ReceiveAsync(Memory<byte>.Empty, ct);
        var length = 0;
        while (true)
        {
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += received.Count;
            if (received.EndOfMessage)
            {
                return _buffer.AsMemory(0, length);
            }

            Reserve(length);
            received = await socket.ReceiveAsync(_buffer.AsMemory(length), ct);
        }
    }

    private void Reserve(int length)
    {
        if (length < _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(1024, 2 * length));
        _buffer.AsSpan(0, length).CopyTo(larger);
        Release();
        _buffer = larger;
    }

    private void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
