using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Chela.Gateway.Storage;

/// <summary>
/// The segments of a journal as they were at one moment, held open: what is appended, replaced or deleted afterwards does not
/// touch it.
/// </summary>
internal sealed class JournalSnapshot : IDisposable
{
    private readonly List<JournalSegmentView> _segments = [];

    /// <summary>Must be called while nothing else changes the files.</summary>
    public JournalSnapshot(JournalPath path, JournalExtent extent)
    {
        if (extent.Last == 0)
        {
            return;
        }

        try
        {
            for (var number = extent.First; number <= extent.Last; number++)
            {
                var file = path.Segment(number);
                var handle = PrivateFile.OpenRead(file);
                _segments.Add(new(file, handle, number == extent.Last ? extent.Length : RandomAccess.GetLength(handle)));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<JournalSegmentView> Segments => _segments;

    /// <summary>Streams the records in order. A record is valid until the next is asked for.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(int maxLine, [EnumeratorCancellation] CancellationToken ct)
    {
        using var lines = new JournalLines(maxLine);
        foreach (var segment in _segments)
        {
            lines.Reset();
            while (lines.Offset < segment.Length)
            {
                while (lines.TryTake(out var line))
                {
                    yield return segment.Record(line, lines.LineOffset);
                }

                if (lines.ReadOffset < segment.Length)
                {
                    await segment.FillAsync(lines, ct);
                }
                else if (!lines.Rest.IsEmpty)
                {
                    throw new JournalCorruptException(segment.File, lines.Offset, "a record that was intact has lost its end");
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var segment in _segments)
        {
            segment.Handle.Dispose();
        }

        _segments.Clear();
    }
}

/// <summary>One open segment, up to the length it had.</summary>
internal sealed record JournalSegmentView(string File, SafeFileHandle Handle, long Length)
{
    /// <summary>Reads on, never beyond the length.</summary>
    public async ValueTask FillAsync(JournalLines lines, CancellationToken ct)
    {
        if (lines.IsOverlong)
        {
            throw new JournalCorruptException(File, lines.Offset, "the record is longer than a record may be");
        }

        var room = lines.Room();
        var left = Length - lines.ReadOffset;
        lines.Filled(await ReadAsync(left < room.Length ? room[..(int)left] : room, lines.ReadOffset, ct));
    }

    /// <summary>Reads at least one byte.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> target, long offset, CancellationToken ct)
    {
        var read = await RandomAccess.ReadAsync(Handle, target, offset, ct);
        return read > 0 ? read : throw new JournalCorruptException(File, offset, "the file has become shorter");
    }

    /// <summary>Checks again: the disk may have lost since what was intact when the journal was opened.</summary>
    public ReadOnlyMemory<byte> Record(ReadOnlyMemory<byte> line, long offset) => JournalLine.IsIntact(line.Span)
        ? JournalLine.Record(line)
        : throw new JournalCorruptException(File, offset, "the record does not match its checksum");
}
