using System.Text.Json;

namespace Chela.Gateway.Tests.Support;

/// <summary>Reads values out of frames by their path.</summary>
internal static class JsonReading
{
    /// <summary>The value at a path such as <c>payload/message/content/0</c>; null when there is none.</summary>
    public static JsonElement? Find(this JsonElement element, string path)
    {
        foreach (var step in path.Split('/'))
        {
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(step, out var member))
            {
                element = member;
            }
            else if (element.ValueKind == JsonValueKind.Array && int.TryParse(step, out var index) && index < element.GetArrayLength())
            {
                element = element[index];
            }
            else
            {
                return null;
            }
        }

        return element;
    }

    /// <summary>The value at a path as text: a string without its quotes, anything else as JSON; null when there is none.</summary>
    public static string? Text(this JsonElement element, string path) => element.Find(path) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => other.GetRawText(),
    };

    /// <summary>The elements of the array at a path.</summary>
    public static IReadOnlyList<JsonElement> List(this JsonElement element, string path) =>
        element.Find(path) is { } array ? [.. array.EnumerateArray()] : [];
}
