using System.Text.Json;

namespace Chela.Gateway.Tests.Recordings;

/// <summary>Compares a frame with the shape that another gateway gave it.</summary>
internal static class ShapeComparison
{
    private const string Open = "…";

    /// <summary>
    /// What differs, one line each: <c>- path</c> is not there, <c>≠ path</c> is of another type or value, <c>+ path</c> is there and was
    /// not. A payload may hold more than was recorded; the frame itself, and an error, are closed.
    /// </summary>
    public static IEnumerable<string> Differences(JsonElement shape, JsonElement actual, string path = "") => shape.ValueKind switch
    {
        JsonValueKind.Object when actual.ValueKind == JsonValueKind.Object => OfMembers(shape, actual, path),
        JsonValueKind.Array when actual.ValueKind == JsonValueKind.Array => OfItems(shape, actual, path),
        JsonValueKind.String => Fits(shape.GetString()!, actual) ? [] : [$"≠ {path}: {actual.GetRawText()}, not {shape.GetString()}"],
        _ => [$"≠ {path}: {NameOf(actual)}, not {shape.ValueKind}"],
    };

    private static IEnumerable<string> OfMembers(JsonElement shape, JsonElement actual, string path)
    {
        HashSet<string> known = path is "error" ? ["details", "retryable", "retryAfterMs"] : [];
        foreach (var member in shape.EnumerateObject())
        {
            var name = member.Name.TrimEnd('?');
            known.Add(name);
            if (actual.TryGetProperty(name, out var value))
            {
                foreach (var difference in Differences(member.Value, value, Join(path, name)))
                {
                    yield return difference;
                }
            }
            else if (name != Open && !member.Name.EndsWith('?'))
            {
                yield return $"- {Join(path, name)}";
            }
        }

        foreach (var extra in (path is "" or "error") && !known.Contains(Open) ? actual.EnumerateObject().Where(member => !known.Contains(member.Name)) : [])
        {
            yield return $"+ {Join(path, extra.Name)}";
        }
    }

    private static IEnumerable<string> OfItems(JsonElement shape, JsonElement actual, string path) => shape.GetArrayLength() == 0
        ? []
        : actual.EnumerateArray().SelectMany(item => Differences(shape[0], item, $"{path}[]")).Distinct();

    private static bool Fits(string shape, JsonElement actual) => shape.StartsWith('=')
        ? JsonElement.DeepEquals(JsonElement.Parse(shape[1..]), actual)
        : shape == "anything" || shape.Split(" or ").Contains(NameOf(actual));

    private static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "text",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Null => "null",
        _ => value.ValueKind.ToString(),
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
