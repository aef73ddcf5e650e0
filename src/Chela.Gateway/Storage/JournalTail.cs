using System.Buffers;

namespace Chela.Gateway.Storage;

/// <summary>Reads the last records of a journal backwards, one window at a time, without reading what lies before them.</summary>
internal sealed class JournalTail(JournalSnapshot snapshot, int maxLine) : IDisposable
{
    private const int WindowSize = 64 * 1024;

    private readonly byte[] _window = ArrayPool<byte>.Shared.Rent(WindowSize);
    private JournalSegmentView? _segment;
    private long _windowStart;
    private int _windowLength;

    /// <summary>As many of the last records, oldest first, as both limits allow; a record that would pass one ends the search.</summary>
    public async Task<IReadOnlyList<byte[]>> ReadAsync(int maxRecords, long maxBytes, CancellationToken ct)
    {
        var newestFirst = new List<byte[]>();
        maxBytes = Math.Min(maxBytes, long.MaxValue - JournalLine.Overhead);
        foreach (var segment in snapshot.Segments.Reverse())
        {
            (_segment, _windowLength) = (segment, 0);
            for (var end = segment.Length; end > 0;)
            {
                if (newestFirst.Count >= maxRecords)
                {
                    return InOrder(newestFirst);
                }

                var start = await LineStartAsync(segment, end, maxBytes + JournalLine.Overhead, ct);
                if (start is null)
                {
                    return InOrder(newestFirst);
                }

                var record = await RecordAsync(segment, start.Value, end, ct);
                maxBytes -= record.Length;
                newestFirst.Add(record);
                end = start.Value;
            }
        }

        return InOrder(newestFirst);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_window);

    private static List<byte[]> InOrder(List<byte[]> newestFirst)
    {
        newestFirst.Reverse();
        return newestFirst;
    }

    /// <summary>Where the line with this end begins; null when it is longer than <paramref name="longest"/>.</summary>
    private async ValueTask<long?> LineStartAsync(JournalSegmentView segment, long end, long longest, CancellationToken ct)
    {
        // The line's own line feed is not searched: what is looked for is the one before.
        for (var before = end - 1; before > 0;)
        {
            if (end - before > longest)
            {
                return null;
            }

            if (end - before > maxLine + 1)
            {
                throw new JournalCorruptException(segment.File, before, "the record is longer than a record may be");
            }

            await MoveWindowAsync(before, ct);
            var feed = _window.AsSpan(0, (int)(before - _windowStart)).LastIndexOf((byte)'\n');
            if (feed >= 0)
            {
                var start = _windowStart + feed + 1;
                return end - start > longest ? null : start;
            }

            before = _windowStart;
        }

        return end > longest ? null : 0;
    }

    private async ValueTask<byte[]> RecordAsync(JournalSegmentView segment, long start, long end, CancellationToken ct)
    {
        var length = (int)(end - start);
        if (start >= _windowStart && end <= _windowStart + _windowLength)
        {
            return Record(segment, _window.AsMemory((int)(start - _windowStart), length), start);
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await ReadFullyAsync(segment, rented.AsMemory(0, length), start, ct);
            return Record(segment, rented.AsMemory(0, length), start);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static byte[] Record(JournalSegmentView segment, ReadOnlyMemory<byte> line, long start) => line.Span[^1] == '\n'
        ? segment.Record(line[..^1], start).ToArray()
        : throw new JournalCorruptException(segment.File, start, "the record does not end in a line feed");

    /// <summary>Makes the window hold the bytes just before an offset, and that offset's own byte where there is room.</summary>
    private async ValueTask MoveWindowAsync(long before, CancellationToken ct)
    {
        if (before > _windowStart && before <= _windowStart + _windowLength)
        {
            return;
        }

        var segment = _segment!; // set before the first line is searched
        var end = Math.Min(before + 1, segment.Length);
        _windowStart = Math.Max(0, end - WindowSize);
        _windowLength = (int)(end - _windowStart);
        await ReadFullyAsync(segment, _window.AsMemory(0, _windowLength), _windowStart, ct);
    }

    private static async ValueTask ReadFullyAsync(JournalSegmentView segment, Memory<byte> target, long offset, CancellationToken ct)
    {
        while (!target.IsEmpty)
        {
            var read = await segment.ReadAsync(target, offset, ct);
            (target, offset) = (target[read..], offset + read);
        }
    }
}
