using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Chela.Gateway.Schema;

/// <summary>
/// What a JSON text must look like to become a value of a type: the schema, and a check that names every mistake. Derived
/// from the source-generated type and the attributes on it at first use; immutable and shared by all threads.
/// </summary>
/// <param name="type">The type, from a slice's serializer context.</param>
internal sealed class JsonShape(JsonTypeInfo type)
{
    /// <summary>How deep objects and lists may nest.</summary>
    public const int MaxDepth = 64;

    private readonly Lazy<Compiled> _compiled = new(() => Compile(type));

    /// <summary>JSON Schema, draft 2020-12, complete in itself.</summary>
    public JsonElement Schema => _compiled.Value.Schema;

    /// <summary>
    /// True where a text can deserialise and still be wrong. Where false, a caller may deserialise at once and check only after
    /// a failure, for the message.
    /// </summary>
    public bool HasConstraints => _compiled.Value.HasConstraints;

    /// <summary>All problems of a value, at most twenty; empty where it fits.</summary>
    public IReadOnlyList<ShapeProblem> Check(JsonElement value) =>
        value.ValueKind == JsonValueKind.Undefined ? Check("null"u8) : Check(JsonMarshal.GetRawUtf8Value(value));

    /// <summary>All problems of a text, at most twenty; empty where it is JSON and fits.</summary>
    public IReadOnlyList<ShapeProblem> Check(ReadOnlySpan<byte> utf8Json)
    {
        if (!Utf8.IsValid(utf8Json))
        {
            return [new ShapeProblem(ShapeProblemKind.Syntax, "", "must be valid UTF-8")];
        }

        var reader = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = MaxDepth });
        var problems = new ProblemList();
        try
        {
            reader.Read();
            _compiled.Value.Root.Check(ref reader, problems);

            // Throws where anything but white space follows.
            reader.Read();
            return problems.ToList();
        }
        catch (JsonException)
        {
            // At the last level allowed the reader does not tell one level more from any other mistake.
            var message = reader.CurrentDepth >= MaxDepth - 1 ? $"must be valid JSON of at most {MaxDepth} levels" : "must be valid JSON";
            return [new ShapeProblem(ShapeProblemKind.Syntax, "", message)];
        }
    }

    private static Compiled Compile(JsonTypeInfo type)
    {
        var builder = new ShapeBuilder(type.Options);
        var built = builder.Build(type);
        using var schema = JsonDocument.Parse(built.Schema.ToJsonString());
        return new Compiled(schema.RootElement.Clone(), built.Node, builder.HasConstraints);
    }

    private sealed record Compiled(JsonElement Schema, ShapeNode Root, bool HasConstraints);
}
