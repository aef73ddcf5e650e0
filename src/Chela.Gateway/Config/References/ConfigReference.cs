using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Config.References;

/// <summary>A value of the file that stands for another one.</summary>
/// <param name="Pointer">The JSON pointer of the setting.</param>
/// <param name="Written">What the file says.</param>
/// <param name="Value">What it stands for; often a secret.</param>
internal sealed record ConfigReference(string Pointer, JsonNode Written, string Value)
{
    /// <summary>Never shows the value.</summary>
    public override string ToString() => ConfigPointer.ToDotted(Pointer);
}

/// <summary>The references of a configuration: what is shown of it and written back is what the file says, not what that stands for.</summary>
/// <param name="all">Each of them; several may name one setting where an old value is still in force.</param>
internal sealed class ConfigReferences(IReadOnlyList<ConfigReference> all)
{
    public static ConfigReferences None { get; } = new([]);

    private readonly ILookup<string, ConfigReference> _byPointer = all.ToLookup(reference => reference.Pointer, StringComparer.Ordinal);

    public IReadOnlyList<ConfigReference> All => all;

    /// <summary>These and those of another configuration.</summary>
    public ConfigReferences And(ConfigReferences others) => new([.. all, .. others.All]);

    /// <summary>What the file says at a place whose value is known; null where it says that value itself, or another one.</summary>
    public JsonNode? WrittenAt(string pointer, JsonNode? value) =>
        value is JsonValue text && text.GetValueKind() == JsonValueKind.String
            ? _byPointer[pointer].FirstOrDefault(reference => reference.Value == text.GetValue<string>())?.Written.DeepClone()
            : null;

    /// <summary>A value with references in place of what they stand for, so that writing it back keeps them.</summary>
    /// <param name="value">What would be written.</param>
    /// <param name="pointer">Where.</param>
    public JsonNode? Restored(JsonNode? value, string pointer) => value switch
    {
        _ when all.Count == 0 => value,
        JsonObject settings => new JsonObject(settings.Select(setting => KeyValuePair.Create(
            setting.Key, Restored(setting.Value, ConfigPointer.Child(pointer, setting.Key))?.DeepClone()))),
        JsonArray list => new JsonArray([.. list.Select((item, place) => Restored(item, ConfigPointer.Child(pointer, place))?.DeepClone())]),
        _ => WrittenAt(pointer, value) ?? value,
    };
}
