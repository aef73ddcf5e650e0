using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Config.Editing;

/// <summary>How a text of JSON is laid out, so that what is added looks like what is there.</summary>
internal sealed class TextStyle
{
    private const int LongestIndent = 16;
    private static readonly byte[] UsualIndent = "  "u8.ToArray();

    private readonly ReadOnlyMemory<byte> _text;
    private readonly byte[] _indent;

    public TextStyle(ReadOnlyMemory<byte> text)
    {
        _text = text;
        NewLine = text.Span.IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n";
        _indent = FirstIndent();
    }

    /// <summary>How lines end.</summary>
    public string NewLine { get; }

    /// <summary>One step further in.</summary>
    public string Indent => Encoding.UTF8.GetString(_indent);

    /// <summary>True where a range goes over more than one line.</summary>
    public bool HasLines(int start, int end) => _text.Span[start..end].Contains((byte)'\n');

    /// <summary>The white space in front of the line that a place is in.</summary>
    public string IndentAt(int place)
    {
        var line = _text.Span[LineStart(place)..];
        return Encoding.UTF8.GetString(line[..Blank(line)]);
    }

    /// <summary>Where the line of a place begins.</summary>
    public int LineStart(int place) => _text.Span[..place].LastIndexOf((byte)'\n') + 1;

    /// <summary>A value as text.</summary>
    /// <param name="indent">What stands in front of its lines; null for a value on one line.</param>
    public string Write(JsonNode value, string? indent)
    {
        var options = new JsonWriterOptions
        {
            Indented = indent is not null,
            IndentCharacter = (char)_indent[0],
            IndentSize = _indent.Length,
            NewLine = NewLine,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for people: a file is no web page
        };
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray()).Replace(NewLine, NewLine + indent, StringComparison.Ordinal);
    }

    /// <summary>A key as text.</summary>
    public static string Quote(string name) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(name)}\"";

    /// <summary>The white space before the first key that begins a line.</summary>
    private byte[] FirstIndent()
    {
        foreach (var range in _text.Span.Split((byte)'\n'))
        {
            var line = _text.Span[range];
            var blank = Blank(line);
            if (blank is > 0 and <= LongestIndent && blank < line.Length && line[blank] == '"' && line[..blank].IndexOfAnyExcept(line[0]) < 0)
            {
                return line[..blank].ToArray();
            }
        }

        return UsualIndent;
    }

    private static int Blank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ', (byte)'\t') is >= 0 and var end ? end : line.Length;
}
