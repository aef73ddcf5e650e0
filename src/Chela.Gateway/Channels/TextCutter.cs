namespace Chela.Gateway.Channels;

/// <summary>
/// Cuts a long text into pieces that a channel takes: between paragraphs where it can, else between lines, sentences, words. A block of code
/// that is cut is closed in the one piece and opened again in the next. Pure.
/// </summary>
internal static class TextCutter
{
    private const string Fence = "```";

    /// <summary>What a fence that is opened again may take away from a piece; a longer first line of a block is opened without its words.</summary>
    private const int MaxFenceChars = 40;

    private static readonly string[][] Borders = [["\n\n"], ["\n"], [". ", "! ", "? ", "。"], [" "]];

    /// <summary>The lengths of the pieces; together that of the text.</summary>
    /// <param name="text">What is cut.</param>
    /// <param name="maxChars">The longest piece; at least 100.</param>
    public static IReadOnlyList<int> Cut(string text, int maxChars)
    {
        var room = maxChars - MaxFenceChars - "\n```".Length;
        var lengths = new List<int>();
        var start = 0;
        while (text.Length - start > (start == 0 ? maxChars : room))
        {
            var length = LengthOf(text.AsSpan(start, room));
            lengths.Add(length);
            start += length;
        }

        lengths.Add(text.Length - start);
        return lengths;
    }

    /// <summary>The piece of this number, from 0, as it is sent.</summary>
    public static string Piece(string text, IReadOnlyList<int> lengths, int number)
    {
        var start = lengths.Take(number).Sum();
        var end = start + lengths[number];
        var opened = OpenFence(text.AsSpan(0, start));
        var closed = end < text.Length && OpenFence(text.AsSpan(0, end)) is not null;
        var piece = text[start..end];
        piece = opened is null ? piece.Trim('\n') : $"{opened}\n{piece.TrimEnd('\n')}";
        return closed ? $"{piece.TrimEnd('\n')}\n{Fence}" : piece;
    }

    /// <summary>Where to cut what fits: behind the last good place in its second half.</summary>
    private static int LengthOf(ReadOnlySpan<char> fits)
    {
        var half = fits.Length / 2;
        foreach (var places in Borders)
        {
            var best = 0;
            foreach (var place in places)
            {
                var at = fits.LastIndexOf(place);
                best = Math.Max(best, at < half ? 0 : at + place.Length);
            }

            if (best > 0)
            {
                return best;
            }
        }

        return char.IsHighSurrogate(fits[^1]) ? fits.Length - 1 : fits.Length;
    }

    /// <summary>The line that opened the block of code in which a text ends; null outside of one.</summary>
    private static string? OpenFence(ReadOnlySpan<char> text)
    {
        string? open = null;
        var isWhole = true;
        foreach (var line in text.EnumerateLines())
        {
            isWhole = !line.StartsWith(Fence); // unless another line follows
            if (!isWhole)
            {
                open = open is not null ? null : line.Length > MaxFenceChars - 1 ? Fence : line.ToString();
            }
        }

        return open is null || isWhole ? open : Fence;
    }
}
