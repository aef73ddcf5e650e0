using System.Globalization;
using System.Text.Json;

namespace Chela.Gateway.Schema;

/// <summary>A whole number written without fraction or exponent, as the serializer reads it.</summary>
internal sealed class IntegerNode(Int128 min, Int128 max) : ShapeNode("integer")
{
    /// <summary>The only values allowed; empty where any within the bounds is.</summary>
    public IReadOnlyList<Int128> Allowed { get; init; } = [];

    protected override void CheckValue(ref Utf8JsonReader reader, ProblemList problems)
    {
        if (reader.TokenType != JsonTokenType.Number || !TryRead(ref reader, out var value))
        {
            Mismatch(ref reader, problems);
        }
        else if (Allowed.Count > 0 && !Allowed.Contains(value))
        {
            problems.Add(ShapeProblemKind.Value, StringNode.AllowedMessage(Allowed.Count));
        }
        else if (value < min)
        {
            problems.Add(ShapeProblemKind.Value, string.Create(CultureInfo.InvariantCulture, $"must be >= {min}"));
        }
        else if (value > max)
        {
            problems.Add(ShapeProblemKind.Value, string.Create(CultureInfo.InvariantCulture, $"must be <= {max}"));
        }
    }

    private static bool TryRead(ref Utf8JsonReader reader, out Int128 value)
    {
        if (reader.TryGetInt64(out var small))
        {
            value = small;
            return true;
        }

        return Int128.TryParse(reader.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }
}

/// <summary>A finite number that its .NET type can hold.</summary>
internal sealed class NumberNode(double min, double max, TypeCode type) : ShapeNode("number")
{
    protected override void CheckValue(ref Utf8JsonReader reader, ProblemList problems)
    {
        if (reader.TokenType != JsonTokenType.Number || !TryRead(ref reader, out var value))
        {
            Mismatch(ref reader, problems);
        }
        else if (value < min)
        {
            problems.Add(ShapeProblemKind.Value, string.Create(CultureInfo.InvariantCulture, $"must be >= {min}"));
        }
        else if (value > max)
        {
            problems.Add(ShapeProblemKind.Value, string.Create(CultureInfo.InvariantCulture, $"must be <= {max}"));
        }
    }

    private bool TryRead(ref Utf8JsonReader reader, out double value)
    {
        if (type == TypeCode.Decimal)
        {
            var fits = reader.TryGetDecimal(out var exact);
            value = (double)exact;
            return fits;
        }

        return reader.TryGetDouble(out value) && (type == TypeCode.Single ? float.IsFinite((float)value) : double.IsFinite(value));
    }
}
