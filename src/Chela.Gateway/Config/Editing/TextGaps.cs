namespace Chela.Gateway.Config.Editing;

/// <summary>What stands between values: white space, commas and comments.</summary>
internal sealed class TextGaps(ReadOnlyMemory<byte> text)
{
    /// <summary>The comma in a gap between values; -1 where there is none. One in a comment is none.</summary>
    public int CommaIn(int start, int end)
    {
        for (var at = start; at < end; at++)
        {
            switch (text.Span[at])
            {
                case (byte)',':
                    return at;
                case (byte)'/':
                    at = EndOfComment(at) - 1;
                    break;
            }
        }

        return -1;
    }

    /// <summary>
    /// The end of a line on which nothing but comments follows a place, in a gap; the place itself where the line goes on otherwise.
    /// </summary>
    public int BehindRemarks(int place, int end)
    {
        for (var at = place; at < end; at++)
        {
            switch (text.Span[at])
            {
                case (byte)' ' or (byte)'\t':
                    break;
                case (byte)'\r' or (byte)'\n':
                    return at;
                case (byte)'/' when EndOfComment(at) is var behind && !text.Span[at..behind].Contains((byte)'\n'):
                    at = behind - 1;
                    break;
                default:
                    return place;
            }
        }

        return place;
    }

    /// <summary>True where a range holds nothing but white space.</summary>
    public bool IsBlank(int start, int end) => text.Span[start..end].IndexOfAnyExcept(" \t\r\n"u8) < 0;

    /// <summary>A range that is taken away, with the white space that would be left of it: its lines, else a gap beside it.</summary>
    public (int Start, int End) Widen(int start, int end, int lineStart)
    {
        var after = end + CountBlanks(text.Span[end..]);
        var isFirst = IsBlank(lineStart, start);
        var isLast = after == text.Length || text.Span[after] is (byte)'\r' or (byte)'\n';
        if (isFirst && isLast)
        {
            var rest = text.Span[after..];
            return (lineStart, after + (rest.StartsWith("\r\n"u8) ? 2 : rest.StartsWith("\n"u8) ? 1 : 0));
        }

        if (text.Span[end - 1] == ',' || isFirst)
        {
            return (start, isLast ? end : after);
        }

        var before = text.Span[lineStart..start];
        return (lineStart + before.TrimEnd(" \t"u8).Length, end);
    }

    private static int CountBlanks(ReadOnlySpan<byte> rest) => rest.IndexOfAnyExcept((byte)' ', (byte)'\t') is >= 0 and var end ? end : rest.Length;

    private int EndOfComment(int start)
    {
        var rest = text.Span[start..];
        var isLine = rest[1] == '/';
        var end = isLine ? rest.IndexOfAny((byte)'\r', (byte)'\n') : rest[2..].IndexOf("*/"u8) + 4;
        return end < 0 ? text.Length : start + end;
    }
}
