using System.Text;
using System.Text.Json;

namespace Chela.Gateway.Config.Editing;

/// <summary>
/// Changes one value in a text of JSON with comments and leaves everything else as it is: comments, order, white space, line ends. What
/// is added is laid out like its surroundings.
/// </summary>
internal sealed class TextEditor
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly TextStyle _style;
    private readonly TextGaps _gaps;
    private readonly List<(int Start, int End, string New)> _splices = [];

    private TextEditor(ReadOnlyMemory<byte> text)
    {
        _text = text;
        _style = new TextStyle(text);
        _gaps = new TextGaps(text);
    }

    /// <summary>The text after the change; a byte order mark stays.</summary>
    /// <exception cref="JsonException">The text is none that the configuration is read from.</exception>
    public static byte[] Apply(ReadOnlyMemory<byte> text, ConfigEdit edit)
    {
        var mark = text.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
        var editor = new TextEditor(text[mark..]);
        editor.Change(edit);
        return [.. text.Span[..mark], .. editor.Result()];
    }

    private void Change(ConfigEdit edit)
    {
        if (TextNode.Read(_text.Span) is not { } node)
        {
            Begin(edit);
            return;
        }

        for (var depth = 0; depth < edit.Path.Count; depth++)
        {
            var index = node.IndexOf(edit.Path[depth]);
            var isLast = depth == edit.Path.Count - 1;
            if (index < 0 || isLast || !node.Children[index].Value.IsContainer)
            {
                ChangeIn(node, index, edit, depth);
                return;
            }

            node = node.Children[index].Value;
        }
    }

    /// <summary>Changes the child of a container that the path names at a depth; the place is -1 where there is none yet.</summary>
    private void ChangeIn(TextNode parent, int index, ConfigEdit edit, int depth)
    {
        if (edit.Value is null)
        {
            if (index >= 0 && depth == edit.Path.Count - 1)
            {
                Remove(parent, index);
            }
        }
        else if (index >= 0)
        {
            var old = parent.Children[index].Value;
            _splices.Add((old.Start, old.End, _style.Write(edit.Nested(depth + 1), IsInLines(parent) ? _style.IndentAt(old.Start) : null)));
        }
        else
        {
            var indent = IndentIn(parent);
            var value = _style.Write(edit.Nested(depth + 1), indent);
            Insert(parent, parent.Kind == JsonTokenType.StartObject ? $"{TextStyle.Quote(edit.Path[depth])}: {value}" : value, indent);
        }
    }

    /// <summary>Writes the first settings behind what a text without any holds.</summary>
    private void Begin(ConfigEdit edit)
    {
        if (edit.Value is not null)
        {
            var isNewLine = _text.IsEmpty || _text.Span[^1] == '\n';
            _splices.Add((_text.Length, _text.Length, $"{(isNewLine ? "" : _style.NewLine)}{_style.Write(edit.Nested(0), "")}{_style.NewLine}"));
        }
    }

    /// <summary>Adds a child behind the last one, with a comma behind it where the last one has one.</summary>
    /// <param name="indent">What stands in front of it; null where the container is on one line.</param>
    private void Insert(TextNode parent, string child, string? indent)
    {
        if (parent.Children is not [.., var last])
        {
            InsertFirst(parent, child, indent);
            return;
        }

        var comma = _gaps.CommaIn(last.End, parent.End - 1);
        if (comma < 0)
        {
            _splices.Add((last.End, last.End, ","));
        }

        var behind = comma < 0 ? last.End : comma + 1;
        var place = indent is null ? behind : _gaps.BehindRemarks(behind, parent.End - 1);
        _splices.Add((place, place, $"{(indent is null ? " " : _style.NewLine + indent)}{child}{(comma < 0 ? "" : ",")}"));
    }

    private void InsertFirst(TextNode parent, string child, string? indent)
    {
        var inside = _text.Span[(parent.Start + 1)..(parent.End - 1)];
        var place = parent.Start + 1 + inside.TrimEnd(" \t\r\n"u8).Length;
        var isClosedInLine = !_style.HasLines(place, parent.End - 1);
        var end = indent is not null && isClosedInLine ? _style.NewLine + _style.IndentAt(parent.Start) : "";
        _splices.Add((place, place, $"{(indent is null ? "" : _style.NewLine + indent)}{child}{end}"));
    }

    /// <summary>Takes a child away with the comma that belongs to it, and its line where nothing else stands in it.</summary>
    private void Remove(TextNode parent, int index)
    {
        var child = parent.Children[index];
        var isLast = index == parent.Children.Count - 1;
        var comma = _gaps.CommaIn(child.End, isLast ? parent.End - 1 : parent.Children[index + 1].Start);
        if (comma < 0 && index > 0)
        {
            var before = _gaps.CommaIn(parent.Children[index - 1].End, child.Start);
            _splices.Add((before, before + 1, ""));
        }

        if (comma >= 0 && !_gaps.IsBlank(child.End, comma))
        {
            _splices.Add((comma, comma + 1, "")); // there is a comment in between, which stays
            comma = -1;
        }

        var (start, end) = _gaps.Widen(child.Start, comma < 0 ? child.End : comma + 1, _style.LineStart(child.Start));
        _splices.Add((start, end, ""));
    }

    private bool IsInLines(TextNode parent) =>
        parent.Children is [var first, ..] ? _style.HasLines(parent.Start, first.Start) : _style.HasLines(0, parent.End) || _gaps.IsBlank(0, parent.Start);

    private string? IndentIn(TextNode parent)
    {
        if (!IsInLines(parent))
        {
            return null;
        }

        return parent.Children is [.., var last] && _gaps.IsBlank(_style.LineStart(last.Start), last.Start)
            ? _style.IndentAt(last.Start)
            : _style.IndentAt(parent.Start) + _style.Indent;
    }

    private byte[] Result()
    {
        var result = new MemoryStream(_text.Length + 256);
        var at = 0;
        foreach (var (start, end, with) in _splices.OrderBy(splice => splice.Start))
        {
            result.Write(_text.Span[at..start]);
            result.Write(Encoding.UTF8.GetBytes(with));
            at = end;
        }

        result.Write(_text.Span[at..]);
        return result.ToArray();
    }
}
