using System.Buffers;

namespace Chela.Gateway.Storage;

/// <summary>Cuts the bytes of a segment into lines, in a pooled buffer that never grows much beyond the longest line allowed.</summary>
internal sealed class JournalLines(int maxLine) : IDisposable
{
    private const int InitialSize = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Math.Min(InitialSize, maxLine + 1));
    private int _start;
    private int _searched;
    private int _end;

    /// <summary>The offset in the file of the line taken last.</summary>
    public long LineOffset { get; private set; }

    /// <summary>The offset in the file of the first byte that is not yet taken.</summary>
    public long Offset { get; private set; }

    /// <summary>The offset in the file of the next byte to read.</summary>
    public long ReadOffset => Offset + _end - _start;

    /// <summary>Bytes after the last line feed so far.</summary>
    public ReadOnlySpan<byte> Rest => _buffer.AsSpan(_start.._end);

    /// <summary>No line feed came within the longest line allowed.</summary>
    public bool IsOverlong => _end - _start > maxLine;

    /// <summary>Begins another file.</summary>
    public void Reset() => (_start, _searched, _end, Offset, LineOffset) = (0, 0, 0, 0, 0);

    /// <summary>Gives the next whole line without its line feed, valid until the next <see cref="Room"/>.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> line)
    {
        var at = _buffer.AsSpan(_searched.._end).IndexOf((byte)'\n');
        if (at < 0)
        {
            _searched = _end;
            line = default;
            return false;
        }

        var feed = _searched + at;
        line = _buffer.AsMemory(_start..feed);
        LineOffset = Offset;
        Drop(feed + 1 - _start);
        _searched = _start;
        return true;
    }

    /// <summary>Gives up the first bytes of the rest.</summary>
    public void Drop(int count)
    {
        _start += count;
        _searched = Math.Max(_searched, _start);
        Offset += count;
    }

    /// <summary>Where to read the next bytes to; tell <see cref="Filled"/> how many came.</summary>
    public Memory<byte> Room()
    {
        if (_start > 0)
        {
            Rest.CopyTo(_buffer);
            _searched -= _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            Rest.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_end);
    }

    public void Filled(int count) => _end += count;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Reset();
    }
}
