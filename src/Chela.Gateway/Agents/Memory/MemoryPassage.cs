namespace Chela.Gateway.Agents.Memory;

/// <summary>A few lines of a file that belong together.</summary>
/// <param name="Path">The file, from the workspace's root.</param>
/// <param name="FirstLine">The first of the lines; the file begins with 1.</param>
/// <param name="LastLine">The last of them.</param>
/// <param name="Text">The lines.</param>
internal sealed record MemoryPassage(string Path, int FirstLine, int LastLine, string Text)
{
    /// <summary>How long one becomes before the next begins.</summary>
    private const int Usual = 800;

    /// <summary>The longest: what is longer in one line is cut.</summary>
    private const int Longest = 4_000;

    /// <summary>Takes a file apart: at headings, and at empty lines where enough came before.</summary>
    public static IEnumerable<MemoryPassage> In(string path, string text)
    {
        var lines = text.Split('\n');
        var (first, length) = (0, 0);
        for (var line = 0; line < lines.Length; line++)
        {
            var isHeading = lines[line].StartsWith('#');
            var isGap = length >= Usual && (string.IsNullOrWhiteSpace(lines[line]) || length >= Longest);
            if (line > first && (isHeading || isGap))
            {
                yield return Of(path, lines, first, line);
                (first, length) = (line, 0);
            }

            length += lines[line].Length;
        }

        yield return Of(path, lines, first, lines.Length);
    }

    private static MemoryPassage Of(string path, string[] lines, int first, int end)
    {
        var text = string.Join('\n', lines[first..end]).Trim();
        return new MemoryPassage(path, first + 1, end, text.Length > Longest ? text[..Longest] : text);
    }
}
