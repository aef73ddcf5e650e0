using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Config.Secrets;

namespace Chela.Gateway.Config.References;

/// <summary>Puts what the references of the file stand for in their places: names of variables, secrets that stand elsewhere, encrypted values.</summary>
/// <param name="schema">Says where a text can stand.</param>
/// <param name="variables">The environment.</param>
/// <param name="secrets">The secrets that were read, and the keys.</param>
/// <param name="problems">Gets what cannot be resolved.</param>
internal sealed class ReferenceResolver(JsonElement schema, IReadOnlyDictionary<string, string> variables, SecretMaterial secrets, List<ConfigProblem> problems)
{
    private readonly List<ConfigReference> _references = [];
    private readonly List<SecretReference> _needed = [];
    private readonly HashSet<string> _unresolved = new(StringComparer.Ordinal);

    /// <summary>What was resolved.</summary>
    public ConfigReferences References => new(_references);

    /// <summary>The secrets that stand elsewhere.</summary>
    public IReadOnlyCollection<SecretReference> Needed => _needed;

    /// <summary>True where something is encrypted.</summary>
    public bool NeedsKeys { get; private set; }

    /// <summary>True where a reference cannot be resolved, so that nothing more can be said of the value.</summary>
    public bool IsUnresolved(string pointer) => _unresolved.Contains(pointer);

    public LayerValues Resolve(LayerValues layer) => layer with { Values = Object(layer.Values, "", layer) };

    private JsonObject Object(JsonObject settings, string pointer, LayerValues layer) =>
        new(settings.Select(setting => KeyValuePair.Create(setting.Key, Value(setting.Value, ConfigPointer.Child(pointer, setting.Key), layer))));

    private JsonNode? Value(JsonNode? value, string pointer, LayerValues layer) => value switch
    {
        JsonObject reference when IsReference(reference, pointer) => Secret(reference, pointer, layer),
        JsonObject settings => Object(settings, pointer, layer),
        JsonArray list => new JsonArray([.. list.Select((item, place) => Value(item, ConfigPointer.Child(pointer, place), layer))]),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => Text(text, pointer, layer),
        _ => value?.DeepClone(),
    };

    /// <summary>An object in the place of a secret text can be nothing else.</summary>
    private bool IsReference(JsonObject value, string pointer) =>
        value.ContainsKey("source") && ConfigPointer.ToSegments(pointer) is var path && SecretNames.IsSecretPath(path)
        && SettingSchema.Find(schema, path) is { } known && SettingSchema.Allows(known, "string");

    private JsonNode Secret(JsonObject written, string pointer, LayerValues layer)
    {
        if (SecretReference.Read(written, out var problem) is not { } reference)
        {
            return Refuse(layer, pointer, problem);
        }

        _needed.Add(reference);
        return secrets.Answers.GetValueOrDefault(reference.Key) is { Value: { } value }
            ? Resolved(written, pointer, value)
            : Refuse(layer, pointer, secrets.Answers.GetValueOrDefault(reference.Key)?.Problem ?? "was not read");
    }

    private JsonNode Text(JsonValue written, string pointer, LayerValues layer)
    {
        var text = written.GetValue<string>();
        if (EncryptedText.IsOne(text))
        {
            return Encrypted(written, text, pointer, layer);
        }

        var missing = new List<string>();
        var value = VariableText.Expand(text, variables, missing);
        return missing.Count > 0
            ? Refuse(layer, pointer, $"needs the variable {string.Join(", ", missing.Distinct())}, which is not set; set it in the environment or in .env beside the state")
            : value == text ? written.DeepClone() : Resolved(written, pointer, value);
    }

    private JsonNode Encrypted(JsonValue written, string text, string pointer, LayerValues layer)
    {
        if (!SecretNames.IsSecretPath(ConfigPointer.ToSegments(pointer)))
        {
            return Refuse(layer, pointer, "is encrypted, but only a setting that holds a secret can be");
        }

        NeedsKeys = true;
        return secrets.Keys?.Open(text) is { } value
            ? Resolved(written, pointer, value)
            : Refuse(layer, pointer, secrets.Keys is null ? $"is encrypted, and {secrets.KeyProblem}" : "is encrypted, and no key opens it: it was changed, or the key is another one");
    }

    private JsonNode Resolved(JsonNode written, string pointer, string value)
    {
        _references.Add(new ConfigReference(pointer, written.DeepClone(), value));
        return value;
    }

    /// <summary>Remembers what is wrong; an empty text stands for the value.</summary>
    private JsonNode Refuse(LayerValues layer, string pointer, string message)
    {
        _unresolved.Add(pointer);
        problems.Add(new ConfigProblem(layer.Layer, layer.Place(pointer, false), ConfigPointer.ToDotted(pointer), message));
        return "";
    }
}
