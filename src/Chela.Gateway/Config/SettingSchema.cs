using System.Text.Json;

namespace Chela.Gateway.Config;

/// <summary>Finds the part of the schema that speaks of one setting.</summary>
internal static class SettingSchema
{
    /// <summary>The schema at the names; places in lists and names of the user's own lead to what all of them share. Null where nothing is known.</summary>
    public static JsonElement? Find(JsonElement schema, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (Property(schema, name) is { } named)
            {
                schema = named;
            }
            else if (Shared(schema) is { } shared)
            {
                schema = shared;
            }
            else
            {
                return null;
            }
        }

        return schema;
    }

    /// <summary>What every item of a list, or every setting with a name of the user's own, looks like; null where there are none.</summary>
    public static JsonElement? Shared(JsonElement schema) =>
        schema.TryGetProperty("items", out var items) ? items
        : schema.TryGetProperty("additionalProperties", out var any) && any.ValueKind == JsonValueKind.Object ? any
        : null;

    /// <summary>True where a value of that JSON type may stand.</summary>
    public static bool Allows(JsonElement schema, string type) => schema.TryGetProperty("type", out var types)
        && (types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().Any(one => one.ValueEquals(type)) : types.ValueEquals(type));

    private static JsonElement? Property(JsonElement schema, string name) =>
        schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out var found) ? found : null;
}
