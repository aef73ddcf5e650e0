using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Chela.Gateway.Schema;

/// <summary>Builds the schema and the check of values that hold no other values.</summary>
internal static class LeafShapes
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    public static BuiltShape Build(JsonTypeInfo type, ShapeConstraints constraints, bool nullable)
    {
        // Any JSON: the exporter says `true`, as it does for converters that it cannot look into.
        if (type.Type == typeof(JsonElement))
        {
            return new BuiltShape([], new AnyNode());
        }

        var schema = type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });
        var keywords = schema as JsonObject ?? [];
        keywords.Remove("$comment");
        return Expected(keywords, constraints) switch
        {
            "boolean" => new BuiltShape(keywords, new BooleanNode { AcceptsNull = nullable }),
            "integer" => Integer(keywords, type.Type, constraints, nullable),
            "number" => Number(keywords, type.Type, constraints, nullable),
            "string" => Text(keywords, type, constraints, nullable),
            var other => new BuiltShape(keywords, new ProbeNode(other, null, type) { AcceptsNull = nullable }),
        };
    }

    // A converter of one's own that is given bounds of a text is one that reads a text.
    private static string Expected(JsonObject schema, ShapeConstraints constraints) =>
        schema["type"] is JsonValue type ? type.GetValue<string>()
        : schema.ContainsKey("enum") || constraints.Restricts ? "string"
        : "valid";

    private static BuiltShape Integer(JsonObject schema, Type type, ShapeConstraints constraints, bool nullable)
    {
        var (least, most) = WholeRange(type);
        var min = constraints.WholeBound(r => r.Minimum);
        var max = constraints.WholeBound(r => r.Maximum);
        Write(schema, "minimum", min);
        Write(schema, "maximum", max);
        var allowed = constraints.Allowed.Select(v => Int128.Parse(ShapeConstraints.Invariant(v), CultureInfo.InvariantCulture)).ToArray();
        WriteAllowed(schema, [.. allowed.Select(ToNode)]);
        var node = new IntegerNode(min ?? least, max ?? most) { AcceptsNull = nullable, Allowed = allowed };
        return new BuiltShape(schema, node);
    }

    private static BuiltShape Number(JsonObject schema, Type type, ShapeConstraints constraints, bool nullable)
    {
        var min = constraints.RealBound(r => r.Minimum);
        var max = constraints.RealBound(r => r.Maximum);
        Write(schema, "minimum", min);
        Write(schema, "maximum", max);
        var node = new NumberNode(min ?? double.MinValue, max ?? double.MaxValue, Type.GetTypeCode(type)) { AcceptsNull = nullable };
        return new BuiltShape(schema, node);
    }

    private static BuiltShape Text(JsonObject schema, JsonTypeInfo type, ShapeConstraints constraints, bool nullable)
    {
        var names = (schema["enum"] as JsonArray)?.Select(v => v!.GetValue<string>()).ToArray() ?? [];
        var allowed = constraints.Allowed.Count > 0 ? [.. constraints.Allowed.Select(v => NameOf(v, type))] : names;
        var length = constraints.Length.IsBounded ? constraints.Length : constraints.TextLength;
        schema["type"] = "string";
        WriteLength(schema, length, "Length");
        WriteAllowed(schema, [.. allowed.Select(v => (JsonNode)v)]);
        if (constraints.Pattern is not null)
        {
            schema["pattern"] = Anchored(constraints.Pattern);
        }

        var text = new StringNode
        {
            AcceptsNull = nullable,
            Length = length,
            Allowed = [.. allowed.Select(Encoding.UTF8.GetBytes)],
            Pattern = constraints.Pattern is null ? null : new Regex(
                Anchored(constraints.Pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PatternTimeout),
            PatternText = constraints.Pattern,
        };
        var complete = type.Type == typeof(string) || names.Length > 0;
        var format = schema["format"]?.GetValue<string>();
        return new BuiltShape(schema, complete ? text : new ProbeNode("string", text, type, format) { AcceptsNull = nullable });
    }

    private static string NameOf(object value, JsonTypeInfo type) =>
        value as string ?? JsonSerializer.SerializeToNode(value, type)!.GetValue<string>();

    // The attribute means the whole text, a schema's pattern any part of it.
    private static string Anchored(string pattern) =>
        pattern is ['^', .., '$'] && !pattern.Contains('|', StringComparison.Ordinal) ? pattern : $"^(?:{pattern})$";

    public static void WriteLength(JsonObject schema, Length length, string unit)
    {
        if (length.Min > 0)
        {
            schema["min" + unit] = length.Min;
        }

        if (length.Max < int.MaxValue)
        {
            schema["max" + unit] = length.Max;
        }
    }

    private static void WriteAllowed(JsonObject schema, JsonNode[] values)
    {
        if (values.Length == 1)
        {
            schema.Remove("enum");
            schema["const"] = values[0];
        }
        else if (values.Length > 1)
        {
            schema["enum"] = new JsonArray(values);
        }
    }

    private static void Write(JsonObject schema, string keyword, Int128? value)
    {
        if (value is { } bound)
        {
            schema[keyword] = ToNode(bound);
        }
    }

    private static void Write(JsonObject schema, string keyword, double? value)
    {
        if (value is { } bound)
        {
            schema[keyword] = bound;
        }
    }

    private static JsonNode ToNode(Int128 value) => JsonNode.Parse(value.ToString(CultureInfo.InvariantCulture))!;

    private static (Int128 Least, Int128 Most) WholeRange(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.SByte => (sbyte.MinValue, sbyte.MaxValue),
        TypeCode.Byte => (byte.MinValue, byte.MaxValue),
        TypeCode.Int16 => (short.MinValue, short.MaxValue),
        TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
        TypeCode.Int32 => (int.MinValue, int.MaxValue),
        TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
        TypeCode.Int64 => (long.MinValue, long.MaxValue),
        TypeCode.UInt64 => (ulong.MinValue, ulong.MaxValue),
        _ => (Int128.MinValue, Int128.MaxValue),
    };
}
