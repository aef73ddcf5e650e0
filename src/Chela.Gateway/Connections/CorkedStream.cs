using System.Buffers;

namespace Chela.Gateway.Connections;

/// <summary>
/// The stream under a WebSocket. While <see cref="IsCorked"/>, frames are gathered; the first write after it takes them along,
/// so that a burst of small frames leaves in one write.
/// </summary>
/// <remarks>
/// Every write comes from inside the WebSocket's own send lock, also that of its pongs, so writes never overlap here. Kestrel
/// flushes each write, hence flushing has nothing to do.
/// </remarks>
internal sealed class CorkedStream(Stream inner) : Stream
{
    private const int MaxGathered = 64 * 1024;

    private byte[]? _gathered;
    private int _length;

    /// <summary>Whether the next frames only gather. Set by the connection's one sender; its last frame goes out uncorked.</summary>
    public bool IsCorked { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var gathered = TryGather(buffer.Span);
        if (gathered && IsCorked)
        {
            return ValueTask.CompletedTask;
        }

        return _gathered is null ? inner.WriteAsync(buffer, cancellationToken) : WriteGatheredAsync(gathered ? default : buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous reads.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous writes.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Adds a frame to those gathered; false when there are none and the stream is open, or when it does not fit.</summary>
    private bool TryGather(ReadOnlySpan<byte> bytes)
    {
        if ((_gathered is null && !IsCorked) || _length + bytes.Length > MaxGathered)
        {
            return false;
        }

        _gathered ??= ArrayPool<byte>.Shared.Rent(MaxGathered);
        bytes.CopyTo(_gathered.AsSpan(_length));
        _length += bytes.Length;
        return true;
    }

    private async ValueTask WriteGatheredAsync(ReadOnlyMemory<byte> further)
    {
        var (gathered, length) = (_gathered!, _length);
        (_gathered, _length) = (null, 0);
        try
        {
            await inner.WriteAsync(gathered.AsMemory(0, length));
            if (!further.IsEmpty)
            {
                await inner.WriteAsync(further);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(gathered);
        }
    }
}
