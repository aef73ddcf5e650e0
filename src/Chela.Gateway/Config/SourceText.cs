using System.Globalization;
using System.Text;

namespace Chela.Gateway.Config;

/// <summary>The bytes of a file as a person sees them in an editor: lines and columns, both from 1.</summary>
internal sealed class SourceText
{
    private readonly string _name;
    private readonly ReadOnlyMemory<byte> _bytes;

    public SourceText(string name, ReadOnlyMemory<byte> bytes)
    {
        _name = name;

        // Editors do not show the byte order mark, and the JSON reader does not take one.
        _bytes = bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }

    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>The place of a byte: <c>chela.json:3:5</c>.</summary>
    public string Place(long offset)
    {
        var before = Bytes[..(int)Math.Min(offset, Bytes.Length)];
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{_name}:{line}:{column}");
    }

    /// <summary>The offset of a place that the JSON reader tells: line and byte in the line, both from 0.</summary>
    public long OffsetOf(long line, long byteInLine)
    {
        var start = 0;
        for (var i = 0; i < line; i++)
        {
            var end = Bytes[start..].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            start += end + 1;
        }

        return start + byteInLine;
    }

    /// <summary>The offset of the first byte that is not UTF-8; -1 where all are.</summary>
    public int FirstInvalidByte()
    {
        if (System.Text.Unicode.Utf8.IsValid(Bytes))
        {
            return -1;
        }

        var at = 0;
        while (Rune.DecodeFromUtf8(Bytes[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            at += consumed;
        }

        return at;
    }
}
