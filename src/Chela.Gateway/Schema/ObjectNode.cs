using System.Text;
using System.Text.Json;

namespace Chela.Gateway.Schema;

/// <summary>A property that an object knows.</summary>
internal sealed class ObjectProperty(string name, ShapeNode value, bool required)
{
    public string Name => name;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    public string Segment { get; } = "/" + ShapeProblem.Escape(name);

    public ShapeNode Value => value;

    public bool Required => required;
}

/// <summary>An object: known properties, and either nothing else or further values of one shape.</summary>
/// <param name="properties">The known properties, in the order of the type.</param>
/// <param name="rest">The shape of any other property; null where no other is allowed.</param>
internal sealed class ObjectNode(ObjectProperty[] properties, ShapeNode? rest) : ShapeNode("object")
{
    public Length Length { get; init; } = Length.Unbounded;

    protected override void CheckValue(ref Utf8JsonReader reader, ProblemList problems)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Mismatch(ref reader, problems);
            return;
        }

        // Clients know this order: what is missing, what is unexpected, what is wrong inside.
        Span<bool> seen = stackalloc bool[properties.Length];
        var start = problems.Count;
        var next = start;
        var count = 0;
        HashSet<string>? others = null;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndObject; count++)
        {
            var known = Find(ref reader, count);
            if (known < 0)
            {
                CheckOther(ref reader, problems, ref others, ref next);
            }
            else if (seen[known])
            {
                SkipDuplicate(ref reader, properties[known].Name, problems, ref next);
            }
            else
            {
                seen[known] = true;
                CheckInside(ref reader, properties[known].Value, properties[known].Segment, problems);
            }
        }

        InsertMissing(seen, start, problems);
        Length.Check(count, "properties", problems);
    }

    // Senders mostly write properties in the order of the type: the hint makes the search one comparison.
    private int Find(ref Utf8JsonReader reader, int hint)
    {
        if (!JsonText.IsReadable(ref reader))
        {
            return -1;
        }

        if (hint < properties.Length && reader.ValueTextEquals(properties[hint].Utf8Name))
        {
            return hint;
        }

        for (var i = 0; i < properties.Length; i++)
        {
            if (reader.ValueTextEquals(properties[i].Utf8Name))
            {
                return i;
            }
        }

        return -1;
    }

    private static void CheckInside(ref Utf8JsonReader reader, ShapeNode node, string segment, ProblemList problems)
    {
        reader.Read();
        var before = problems.Count;
        node.Check(ref reader, problems);
        problems.Prefix(before, segment);
    }

    private void CheckOther(ref Utf8JsonReader reader, ProblemList problems, ref HashSet<string>? others, ref int next)
    {
        var name = JsonText.IsReadable(ref reader) ? reader.GetString()! : null;
        others ??= new HashSet<string>(StringComparer.Ordinal);
        if (name is not null && !others.Add(name))
        {
            SkipDuplicate(ref reader, name, problems, ref next);
        }
        else if (name is not null && rest is not null)
        {
            CheckInside(ref reader, rest, "/" + ShapeProblem.Escape(name), problems);
        }
        else
        {
            Skip(ref reader);
            var shown = JsonText.Show(name ?? "\uFFFD");
            problems.Insert(next++, new ShapeProblem(ShapeProblemKind.Unexpected, "", $"unexpected property '{shown}'")
            {
                Property = name ?? shown,
                Nearest = name is null ? null : NearestName.Find(name, properties.Select(p => p.Name)),
            });
        }
    }

    private static void SkipDuplicate(ref Utf8JsonReader reader, string name, ProblemList problems, ref int next)
    {
        Skip(ref reader);
        var message = $"duplicate property '{JsonText.Show(name)}'";
        problems.Insert(next++, new ShapeProblem(ShapeProblemKind.Duplicate, "", message) { Property = name });
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    private void InsertMissing(ReadOnlySpan<bool> seen, int start, ProblemList problems)
    {
        for (var i = 0; i < properties.Length; i++)
        {
            if (properties[i].Required && !seen[i])
            {
                var message = $"must have required property '{properties[i].Name}'";
                problems.Insert(start++, new ShapeProblem(ShapeProblemKind.Missing, "", message) { Property = properties[i].Name });
            }
        }
    }
}
