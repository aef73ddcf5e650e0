using System.Globalization;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Config;

/// <summary>A check of one text that the schema cannot express.</summary>
/// <param name="Path">The dotted key; <c>[]</c> stands for each item of a list.</param>
/// <param name="Refusal">Why a value cannot be used; null where it can.</param>
internal sealed record ConfigRule(string Path, Func<string, string?> Refusal)
{
    private const string Each = "[]";

    /// <summary>The key that holds the value, or the list that it stands in.</summary>
    public string Key => Path.Split(Each)[0];

    /// <summary>The pointers of all values that are refused, with the reasons.</summary>
    public IEnumerable<(string Pointer, string Message)> Refusals(JsonObject root)
    {
        var steps = Path.Replace(Each, $".{Each}", StringComparison.Ordinal).Split('.');
        foreach (var (pointer, text) in Texts(root, "", steps))
        {
            if (Refusal(text) is { } message)
            {
                yield return (pointer, message);
            }
        }
    }

    private static IEnumerable<(string Pointer, string Text)> Texts(JsonNode? node, string pointer, ReadOnlyMemory<string> steps)
    {
        if (steps.IsEmpty)
        {
            return node is JsonValue value && value.TryGetValue<string>(out var text) ? [(pointer, text)] : [];
        }

        var (step, rest) = (steps.Span[0], steps[1..]);
        if (step == Each)
        {
            return (node as JsonArray ?? []).SelectMany(
                (item, index) => Texts(item, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}"), rest));
        }

        return Texts((node as JsonObject)?[step], $"{pointer}{ConfigPointer.FromSegments([step])}", rest);
    }
}
