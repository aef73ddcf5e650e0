using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Reloading;

namespace Chela.Gateway.Hosting;

/// <summary>Parameters of <c>config.schema.lookup</c>.</summary>
/// <param name="Path">A key; a place in a list or a name of the user's own may be <c>*</c>, and <c>.</c> is the whole.</param>
internal sealed record ConfigSchemaLookupParams([property: StringLength(1024, MinimumLength = 1), RegularExpression(@"^[A-Za-z0-9_./\[\]\-*]+$")] string Path);

/// <summary>What one setting may be.</summary>
/// <param name="Path">The key, with dots alone.</param>
/// <param name="Schema">Its schema, without those of the settings in it.</param>
/// <param name="Children">The settings in it.</param>
internal sealed record ConfigSchemaPart(string Path, JsonElement Schema, IReadOnlyList<ConfigSchemaChild> Children)
{
    /// <summary>What becomes of it when it changes while the gateway runs: <c>hot</c>, <c>restart</c> or <c>none</c>.</summary>
    public string? ReloadKind { get; init; }

    public ConfigHint? Hint { get; init; }

    /// <summary>The key that the hint is of.</summary>
    public string? HintPath { get; init; }
}

/// <summary>A setting in another one.</summary>
/// <param name="Key">Its name; <c>*</c> for each item of a list, and for names of the user's own.</param>
internal sealed record ConfigSchemaChild(string Key, string Path, bool Required, bool HasChildren)
{
    public JsonElement? Type { get; init; }

    public string? ReloadKind { get; init; }

    public ConfigHint? Hint { get; init; }

    public string? HintPath { get; init; }
}

/// <summary>Finds what one setting may be in the schema of all, as clients ask for it that show a form.</summary>
internal sealed class ConfigSchemaLookup(JsonElement schema)
{
    public const string Any = "*";
    private const string Whole = ".";

    /// <summary>The part of the schema for a key; null where there is no such key.</summary>
    public ConfigSchemaPart? Find(string path)
    {
        var names = Names(path);
        if ((names.Count == 0 && path != Whole) || Follow(names) is not { } found)
        {
            return null;
        }

        var key = string.Join('.', names);
        return new ConfigSchemaPart(names.Count == 0 ? Whole : key, Shallow(found, isRoot: true), ChildrenOf(found, names))
        {
            ReloadKind = ReloadKind(names),
            Hint = names.Count == 0 ? null : ConfigHint.Of(names[^1], found),
            HintPath = names.Count == 0 ? null : key,
        };
    }

    /// <summary><c>agents.list[0].model</c> and <c>agents.list.*.model</c> alike.</summary>
    private static List<string> Names(string path) => [.. path.Split('.', '[', ']').Where(name => name.Length > 0)];

    private JsonElement? Follow(List<string> names)
    {
        JsonElement? at = schema;
        foreach (var name in names)
        {
            var isPlace = name == Any || int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _);
            at = at is not { } parent || (parent.TryGetProperty("items", out _) && !isPlace) ? null : SettingSchema.Find(parent, [name]);
        }

        return at;
    }

    private static List<ConfigSchemaChild> ChildrenOf(JsonElement parent, List<string> names)
    {
        var required = parent.TryGetProperty("required", out var list) ? list.EnumerateArray().Select(name => name.GetString()!).ToHashSet() : [];
        var children = PropertiesOf(parent).Select(property => Child(property.Name, property.Value, names, required.Contains(property.Name)));
        return [.. children, .. SettingSchema.Shared(parent) is { } shared ? [Child(Any, shared, names, false)] : Array.Empty<ConfigSchemaChild>()];
    }

    private static ConfigSchemaChild Child(string name, JsonElement part, List<string> above, bool isRequired)
    {
        List<string> names = [.. above, name];
        var key = string.Join('.', names);
        return new ConfigSchemaChild(name, key, isRequired, PropertiesOf(part).Any() || SettingSchema.Shared(part) is not null)
        {
            Type = part.TryGetProperty("type", out var type) ? type : null,
            ReloadKind = ReloadKind(names),
            Hint = ConfigHint.Of(name, part),
            HintPath = key,
        };
    }

    private static string? ReloadKind(List<string> names) => names.Count == 0 ? null : ReloadRules.KindOf(new ConfigPath(names)) switch
    {
        Config.Reloading.ReloadKind.Hot => "hot",
        Config.Reloading.ReloadKind.Restart => "restart",
        _ => "none",
    };

    /// <summary>Without the settings in it, which are its children; of what they share, what that may be itself.</summary>
    private static JsonElement Shallow(JsonElement part, bool isRoot) => JsonElement.Parse(Shallow(JsonObject.Create(part)!, isRoot).ToJsonString());

    private static JsonObject Shallow(JsonObject part, bool isRoot)
    {
        var shallow = new JsonObject(part.Where(member => member.Key is not ("properties" or "required" or "items" or "additionalProperties"))
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        foreach (var shared in isRoot ? new[] { "items", "additionalProperties" } : [])
        {
            if (part[shared] is JsonObject below)
            {
                shallow[shared] = Shallow(below, isRoot: false);
            }
        }

        return shallow;
    }

    private static IEnumerable<JsonProperty> PropertiesOf(JsonElement part) =>
        part.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : Enumerable.Empty<JsonProperty>();
}
