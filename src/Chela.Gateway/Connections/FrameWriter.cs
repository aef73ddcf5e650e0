using System.Buffers;
using System.Text.Json;
using Chela.Gateway.Wire;
using Microsoft.Extensions.ObjectPool;

namespace Chela.Gateway.Connections;

/// <summary>Writes one frame into a rented array that the sender's queue then owns. Reused through a pool.</summary>
internal sealed class FrameWriter : IBufferWriter<byte>, IResettable
{
    private const int FirstBuffer = 1024;

    private byte[] _buffer = [];
    private int _length;

    public FrameWriter() => Json = new Utf8JsonWriter(this, WireJson.Writing);

    /// <summary>The writer of the frame; flush is done by <see cref="Detach"/>.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>The bytes written and flushed so far.</summary>
    public int Length => _length;

    /// <summary>Hands over the frame; the caller owns the rented array.</summary>
    public (byte[] Rented, int Length) Detach()
    {
        Json.Flush();
        var frame = (_buffer, _length);
        (_buffer, _length) = ([], 0);
        Json.Reset();
        return frame;
    }

    public bool TryReset()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer); // a frame that was given up
        }

        (_buffer, _length) = ([], 0);
        Json.Reset();
        return true;
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_length);
    }

    private void Reserve(int sizeHint)
    {
        var needed = _length + Math.Max(sizeHint, 1);
        if (needed <= _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, Math.Max(needed, 2 * _buffer.Length)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
