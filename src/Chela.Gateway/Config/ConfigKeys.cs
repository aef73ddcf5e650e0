using System.Text.Json;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>One setting that holds a value.</summary>
/// <param name="Path">The dotted key.</param>
/// <param name="Segments">The names on the way to it.</param>
/// <param name="Schema">What it may be.</param>
internal sealed record ConfigKey(string Path, IReadOnlyList<string> Segments, JsonElement Schema)
{
    /// <summary>The JSON type of the value: <c>integer</c>, <c>string</c>, …</summary>
    public string Type { get; } = TypeOf(Schema);

    /// <summary>The only values allowed; empty where more are.</summary>
    public IReadOnlyList<string> Allowed { get; } =
        Schema.TryGetProperty("const", out var only) ? [only.ToString()]
        : Schema.TryGetProperty("enum", out var some) ? [.. some.EnumerateArray().Select(v => v.ToString()).Where(v => v.Length > 0)]
        : [];

    /// <summary>True for a list of texts.</summary>
    public bool HoldsTexts { get; } = Schema.TryGetProperty("items", out var items) && TypeOf(items) == "string";

    private static string TypeOf(JsonElement schema) => schema.GetProperty("type") is var type && type.ValueKind == JsonValueKind.Array
        ? type[0].GetString()!
        : type.GetString()!;
}

/// <summary>All keys that exist, read from the schema of the configuration.</summary>
internal sealed class ConfigKeys
{
    private readonly JsonElement _schema;

    public ConfigKeys(JsonElement schema)
    {
        _schema = schema;
        All = [.. Leaves(schema, [])];
        ByPath = All.ToDictionary(k => k.Path, StringComparer.Ordinal);
    }

    /// <summary>Every key that holds a value, in the order of the schema.</summary>
    public IReadOnlyList<ConfigKey> All { get; }

    public IReadOnlyDictionary<string, ConfigKey> ByPath { get; }

    /// <summary>True for a key at the root that holds a value by itself.</summary>
    public bool IsTopLevelValue(string name, StringComparison comparison) =>
        All.Any(k => k.Segments.Count == 1 && k.Path.Equals(name, comparison));

    /// <summary>Finds the key that the names lead to; otherwise says how far they led and why not on.</summary>
    public ConfigKey? Find(IReadOnlyList<string> names, StringComparison comparison, out string path, out string refusal)
    {
        var schema = _schema;
        var found = new List<string>();
        foreach (var given in names)
        {
            if (schema.TryGetProperty("additionalProperties", out var any) && any.ValueKind == JsonValueKind.Object)
            {
                found.Add(comparison == StringComparison.OrdinalIgnoreCase ? given.ToLowerInvariant() : given);
                schema = any;
                continue;
            }

            var known = Properties(schema).Select(p => p.Name).ToArray();
            if (Array.Find(known, k => k.Equals(given, comparison)) is not { } name)
            {
                path = string.Join('.', found.Append(given).Select(JsonText.Show));
                refusal = Unknown(NearestName.Find(given, known));
                return null;
            }

            found.Add(name);
            schema = schema.GetProperty("properties").GetProperty(name);
        }

        path = string.Join('.', found);
        refusal = $"holds several settings; name one of {string.Join(", ", Properties(schema).Select(p => p.Name))}";
        return ByPath.GetValueOrDefault(path) ?? (Properties(schema).Any() ? null : new ConfigKey(path, found, schema));
    }

    /// <summary>What is said of a key that does not exist.</summary>
    public static string Unknown(string? nearest) => nearest is null ? "unknown key" : $"unknown key (did you mean '{nearest}'?)";

    private static IEnumerable<ConfigKey> Leaves(JsonElement schema, string[] above)
    {
        foreach (var property in Properties(schema))
        {
            string[] segments = [.. above, property.Name];
            if (!Properties(property.Value).Any())
            {
                yield return new ConfigKey(string.Join('.', segments), segments, property.Value);
            }

            foreach (var key in Leaves(property.Value, segments))
            {
                yield return key;
            }
        }
    }

    private static IEnumerable<JsonProperty> Properties(JsonElement schema) =>
        schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : Enumerable.Empty<JsonProperty>();
}
