using System.Buffers;

namespace Chela.Gateway.Storage;

/// <summary>Lines that wait to be written, in one pooled array that must be released.</summary>
internal sealed class JournalBuffer
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Lines => _bytes.AsSpan(0, Length);

    /// <summary>Copies a record behind the others.</summary>
    public void Add(ReadOnlySpan<byte> record)
    {
        var line = record.Length + JournalLine.Overhead;
        Grow(Length + line);
        JournalLine.Write(record, _bytes.AsSpan(Length, line));
        Length += line;
    }

    public void Clear() => Length = 0;

    public void Release()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        (_bytes, Length) = ([], 0);
    }

    private void Grow(int needed)
    {
        if (needed <= _bytes.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        Lines.CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
