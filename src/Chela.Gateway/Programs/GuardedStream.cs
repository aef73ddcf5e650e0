namespace Chela.Gateway.Programs;

/// <summary>What a program or a server says, read within bounds: one that says too much at once, or too much in all, is cut off.</summary>
/// <param name="inner">What it says.</param>
/// <param name="lineEnds">How many ends of lines in a row end a message.</param>
internal sealed class GuardedStream(Stream inner, int lineEnds, TimeProvider time) : Stream
{
    /// <summary>Each line is a message.</summary>
    public const int Lines = 1;

    /// <summary>Messages are divided by empty lines.</summary>
    public const int Events = 2;

    /// <summary>The whole is one message.</summary>
    public const int Whole = int.MaxValue;

    /// <summary>The longest message, in bytes.</summary>
    public const int LongestMessage = 8 * 1024 * 1024;

    /// <summary>The most messages in one <see cref="Window"/>.</summary>
    public const int MaxMessages = 10_000;

    /// <summary>The most bytes in one <see cref="Window"/>.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>Over what time they are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private long _began = time.GetTimestamp();
    private long _bytes;
    private int _messages;
    private int _length;
    private int _ends;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        Count(buffer.AsSpan(offset, read));
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        Count(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Count(ReadOnlySpan<byte> read)
    {
        if (time.GetElapsedTime(_began) > Window)
        {
            (_began, _bytes, _messages) = (time.GetTimestamp(), 0, 0);
        }

        _bytes += read.Length;
        foreach (var value in read)
        {
            Count(value);
        }

        if (_bytes > MaxBytes || _messages > MaxMessages)
        {
            throw new IOException("the server says more than can be listened to");
        }
    }

    private void Count(byte value)
    {
        if (value == '\n' && ++_ends == lineEnds)
        {
            (_length, _ends) = (0, 0);
            _messages++;
            return;
        }

        _ends = value is (byte)'\n' or (byte)'\r' ? _ends : 0;
        if (++_length > LongestMessage)
        {
            throw new IOException("the server sent a message that is too long");
        }
    }
}
