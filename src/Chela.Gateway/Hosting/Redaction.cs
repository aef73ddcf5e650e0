using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Chela.Gateway.Hosting;

/// <summary>Takes the secrets out of a configuration that is shown (06-config § 6). What looks like a secret by its name is one.</summary>
internal static partial class Redaction
{
    /// <summary>What stands in place of a secret; OpenClaw's clients know it.</summary>
    public const string Placeholder = "__OPENCLAW_REDACTED__";

    /// <summary>The same configuration without its secrets.</summary>
    public static JsonElement Of(JsonElement config)
    {
        var copy = JsonObject.Create(config)!;
        Clean(copy);
        using var document = JsonDocument.Parse(copy.ToJsonString());
        return document.RootElement.Clone();
    }

    /// <summary>True when a setting of this name holds a secret.</summary>
    public static bool IsSecret(string name) => SecretName().IsMatch(name);

    private static void Clean(JsonObject settings)
    {
        foreach (var (name, value) in settings.ToArray())
        {
            if (value is not null && IsSecret(name))
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

    [GeneratedRegex("token|password|passwd|passphrase|secret|api_?key|private_?key|credential|^headers$|^env$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex("://[^/@\\s]+@")]
    private static partial Regex UserInfo();
}
