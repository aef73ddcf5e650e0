using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chela.Gateway.Config;
using Chela.Gateway.Config.References;
using Chela.Gateway.Config.Secrets;

namespace Chela.Gateway.Hosting;

/// <summary>Takes the secrets out of a configuration that is shown (06-config § 6). What looks like a secret by its name is one.</summary>
internal static partial class Redaction
{
    /// <summary>What stands in place of a secret; OpenClaw's clients know it.</summary>
    public const string Placeholder = "__OPENCLAW_REDACTED__";

    /// <summary>What is in force without its secrets; a value of the file that stands for another is shown as the file says it.</summary>
    public static JsonElement Of(ConfigSnapshot snapshot)
    {
        var shown = JsonObject.Create(Of(snapshot.Effective))!;
        foreach (var reference in snapshot.References.All)
        {
            var path = ConfigPointer.ToSegments(reference.Pointer);
            if (ConfigPointer.Find(snapshot.Effective, path) is { ValueKind: JsonValueKind.String } value && value.ValueEquals(reference.Value))
            {
                ConfigPointer.Put(shown, path, Shown(reference.Written, path));
            }
        }

        return JsonElement.Parse(shown.ToJsonString());
    }

    /// <summary>The same configuration without its secrets.</summary>
    public static JsonElement Of(JsonElement config)
    {
        var copy = JsonObject.Create(config)!;
        Clean(copy);
        using var document = JsonDocument.Parse(copy.ToJsonString());
        return document.RootElement.Clone();
    }

    /// <summary>A text that is more than one name may hold a part of a secret.</summary>
    private static JsonNode? Shown(JsonNode written, IReadOnlyList<string> path) =>
        !SecretNames.IsSecretPath(path) ? WithoutCredentials(written)
        : written is JsonObject || VariableText.IsName(written.GetValue<string>()) ? written.DeepClone()
        : Placeholder;

    private static void Clean(JsonObject settings)
    {
        foreach (var (name, value) in settings.ToArray())
        {
            if (value is not null && SecretNames.IsSecret(name))
            {
                settings[name] = Hidden(value);
            }
            else
            {
                settings[name] = WithoutCredentials(value);
            }
        }
    }

    /// <summary>Hides every text in a value, however deep: a list of tokens is secret like one.</summary>
    private static JsonNode? Hidden(JsonNode? value) => value switch
    {
        JsonValue text when text.GetValueKind() == JsonValueKind.String => Placeholder,
        JsonArray list => new JsonArray([.. list.Select(item => Hidden(item))]),
        JsonObject reference when SecretReference.IsOne(reference) => reference.DeepClone(),
        JsonObject inner => new JsonObject(inner.Select(pair => KeyValuePair.Create(pair.Key, Hidden(pair.Value)))),
        _ => value?.DeepClone(),
    };

    private static JsonNode? WithoutCredentials(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject inner:
                Clean(inner);
                return inner.DeepClone();
            case JsonArray list:
                return new JsonArray([.. list.Select(item => WithoutCredentials(item))]);
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                return UserInfo().Replace(text.GetValue<string>(), $"://{Placeholder}@");
            default:
                return value?.DeepClone();
        }
    }

    [GeneratedRegex("://[^/@\\s]+@")]
    private static partial Regex UserInfo();
}
