using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>The two ways to write the place of a setting: dotted for people (<c>gateway.listeners[1].port</c>), a JSON pointer inside.</summary>
internal static class ConfigPointer
{
    public static string ToDotted(string pointer) => pointer.Length == 0
        ? ""
        : string.Concat(pointer[1..].Split('/').Select(Step)).TrimStart('.');

    /// <summary>The pointer of the setting around this one; empty at the root.</summary>
    public static string Parent(string pointer) => pointer[..Math.Max(0, pointer.LastIndexOf('/'))];

    /// <summary>The pointer of a setting in the one of a pointer.</summary>
    public static string Child(string pointer, string name) => $"{pointer}/{ShapeProblem.Escape(name)}";

    /// <summary>The pointer of an item of a list.</summary>
    public static string Child(string pointer, int place) => string.Create(CultureInfo.InvariantCulture, $"{pointer}/{place}");

    /// <summary>The names on the way to the setting of a pointer.</summary>
    public static IReadOnlyList<string> ToSegments(string pointer) => pointer.Length == 0 ? [] : [.. pointer[1..].Split('/').Select(Unescape)];

    /// <summary>The value of a path in settings; null where there is none.</summary>
    public static JsonElement? Find(JsonElement settings, IReadOnlyList<string> path)
    {
        foreach (var name in path)
        {
            if (settings.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place < settings.GetArrayLength())
            {
                settings = settings[place];
            }
            else if (settings.ValueKind != JsonValueKind.Object || !settings.TryGetProperty(name, out settings))
            {
                return null;
            }
        }

        return settings;
    }

    /// <summary>Replaces the value of a path that leads somewhere.</summary>
    public static void Put(JsonObject settings, IReadOnlyList<string> path, JsonNode? value)
    {
        var around = path.SkipLast(1).Aggregate((JsonNode)settings, (at, name) => at is JsonArray list ? list[PlaceOf(name)]! : at[name]!);
        if (around is JsonArray items)
        {
            items[PlaceOf(path[^1])] = value;
        }
        else
        {
            around[path[^1]] = value;
        }
    }

    private static int PlaceOf(string name) => int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture);

    // A number is the place in a list, counted from 0 as programs do.
    private static string Step(string segment) =>
        segment.Length > 0 && segment.All(char.IsAsciiDigit) ? $"[{segment}]" : $".{JsonText.Show(Unescape(segment))}";

    public static string FromSegments(IEnumerable<string> segments) => string.Concat(segments.Select(s => $"/{ShapeProblem.Escape(s)}"));

    private static string Unescape(string segment) =>
        segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
