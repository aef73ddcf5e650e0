using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Chela.Gateway.Schema;

/// <summary>
/// A leaf with a converter of its own (a date, an identifier): it is right when that converter can read it. First come the
/// bounds of its text, where it has any.
/// </summary>
internal sealed class ProbeNode(string expected, ShapeNode? text, JsonTypeInfo type, string? format = null) : ShapeNode(expected)
{
    protected override void CheckValue(ref Utf8JsonReader reader, ProblemList problems)
    {
        var probe = reader;
        var before = problems.Count;
        if (text is null)
        {
            reader.Skip();
        }
        else
        {
            text.Check(ref reader, problems);
        }

        if (problems.Count == before && !IsReadable(ref probe))
        {
            problems.Add(ShapeProblemKind.Value, format is null ? "must be valid" : $"must match format \"{format}\"");
        }
    }

    private bool IsReadable(ref Utf8JsonReader probe)
    {
        try
        {
            JsonSerializer.Deserialize(ref probe, type);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
