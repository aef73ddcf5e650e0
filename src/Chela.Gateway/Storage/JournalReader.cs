using System.Runtime.CompilerServices;

namespace Chela.Gateway.Storage;

/// <summary>Reads the files of a journal that nobody has opened, or beside whoever has. Nothing is mended, kept or checked ahead.</summary>
internal static class JournalReader
{
    /// <summary>Streams the records that are in the files now. A record is valid until the next is asked for.</summary>
    /// <exception cref="IOException">A file has gone, or the next record is damaged or still being written.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        string directory, string name, [EnumeratorCancellation] CancellationToken ct)
    {
        var path = new JournalPath(directory, name);
        if (path.List().Segments is not [var first, ..] segments)
        {
            yield break;
        }

        var last = segments[^1];
        var length = new FileInfo(path.Segment(last)).Length;
        using var snapshot = new JournalSnapshot(path, JournalExtent.Empty with { First = first, Last = last, Length = length });
        await foreach (var record in snapshot.ReadAsync(JournalOptions.Default.LineBytes, ct))
        {
            yield return record;
        }
    }
}
