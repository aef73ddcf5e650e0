using System.Text;

namespace Chela.Gateway.Logs;

/// <summary>A part of the log that was read.</summary>
/// <param name="Lines">Whole lines, oldest first.</param>
/// <param name="End">The place after the last line.</param>
/// <param name="IsTruncated">True when lines before these were left out.</param>
/// <param name="IsReset">True when reading could not begin at the cursor.</param>
/// <param name="SkippedBytes">How much lies between the cursor and the first line.</param>
internal readonly record struct LogSlice(IReadOnlyList<string> Lines, long End, bool IsTruncated, bool IsReset, long SkippedBytes)
{
    /// <summary>Reads from a cursor to the end, or the end alone.</summary>
    public static LogSlice Read(string path, long? cursor, int maxLines, int maxBytes)
    {
        if (!File.Exists(path))
        {
            return new LogSlice([], 0, false, cursor > 0, 0);
        }

        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var size = RandomAccess.GetLength(file);
        var wanted = cursor > size ? null : cursor;
        var start = Math.Max(wanted ?? 0, size - maxBytes);
        var isReset = cursor > size || start > wanted;

        // One byte more, to see whether a line begins where reading does.
        var first = Math.Max(0, start - 1);
        var bytes = new byte[size - first];
        var read = bytes.AsSpan(0, RandomAccess.Read(file, bytes, first));
        if (start > 0)
        {
            read = AfterLineFeed(read);
        }

        var end = read.LastIndexOf((byte)'\n') + 1; // a line that is being written is read next time
        var lines = Encoding.UTF8.GetString(read[..end]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var isCut = lines.Length > maxLines;
        return new LogSlice(
            isCut ? lines[^maxLines..] : lines,
            size - (read.Length - end),
            (wanted is null && start > 0) || start > wanted || isCut,
            isReset,
            start > wanted ? start - wanted.Value : 0);
    }

    private static Span<byte> AfterLineFeed(Span<byte> text) => text[(text.IndexOf((byte)'\n') is var at and >= 0 ? at + 1 : text.Length)..];
}
