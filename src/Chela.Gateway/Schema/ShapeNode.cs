using System.Text.Json;

namespace Chela.Gateway.Schema;

/// <summary>One value of a shape. A node is immutable, so one tree serves every thread.</summary>
/// <param name="expected">The type as a message names it: <c>string</c>, <c>integer</c>, …</param>
internal abstract class ShapeNode(string expected)
{
    public bool AcceptsNull { get; init; }

    /// <summary>Checks the value whose first token the reader stands on; leaves the reader on its last token.</summary>
    public void Check(ref Utf8JsonReader reader, ProblemList problems)
    {
        if (reader.TokenType != JsonTokenType.Null)
        {
            CheckValue(ref reader, problems);
        }
        else if (!AcceptsNull)
        {
            Mismatch(ref reader, problems);
        }
    }

    protected abstract void CheckValue(ref Utf8JsonReader reader, ProblemList problems);

    protected void Mismatch(ref Utf8JsonReader reader, ProblemList problems)
    {
        reader.Skip();
        problems.Add(ShapeProblemKind.Value, $"must be {expected}");
    }
}

/// <summary>A value that must be true or false.</summary>
internal sealed class BooleanNode() : ShapeNode("boolean")
{
    protected override void CheckValue(ref Utf8JsonReader reader, ProblemList problems)
    {
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
        {
            Mismatch(ref reader, problems);
        }
    }
}

/// <summary>Stands where a type holds itself; the node it means is in the table once the type is complete.</summary>
internal sealed class ReferenceNode(Type type, IReadOnlyDictionary<Type, ShapeNode> nodes) : ShapeNode("object")
{
    protected override void CheckValue(ref Utf8JsonReader reader, ProblemList problems) => nodes[type].Check(ref reader, problems);
}

/// <summary>Any JSON value, which may still not name a property twice.</summary>
internal sealed class AnyNode : ShapeNode
{
    private readonly ObjectNode _object;
    private readonly ArrayNode _array;

    public AnyNode()
        : base("valid")
    {
        AcceptsNull = true;
        _object = new ObjectNode([], this);
        _array = new ArrayNode(this, Length.Unbounded);
    }

    protected override void CheckValue(ref Utf8JsonReader reader, ProblemList problems)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            _object.Check(ref reader, problems);
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            _array.Check(ref reader, problems);
        }
        else if (reader.TokenType == JsonTokenType.String && !JsonText.IsReadable(ref reader))
        {
            Mismatch(ref reader, problems);
        }
    }
}
