using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Config;

/// <summary>Reads the value of a setting that was given as text: a variable, an option, a word of a command line.</summary>
internal static class SettingValue
{
    /// <summary>The value as the key's type. A text that is not of that type stays a text: the schema then refuses it in the usual words.</summary>
    public static JsonNode Of(ConfigKey key, string text) => key.Type switch
    {
        "integer" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        "number" when double.TryParse(text, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) => real,
        "boolean" when bool.TryParse(text, out var yes) => yes,
        "array" => List(key, text),
        _ => text,
    };

    /// <summary>Texts are separated by commas; any list can be written as JSON.</summary>
    private static JsonNode List(ConfigKey key, string text)
    {
        if (!text.TrimStart().StartsWith('['))
        {
            var separated = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return key.HoldsTexts ? new JsonArray([.. separated.Select(one => JsonValue.Create(one))]) : text;
        }

        try
        {
            return JsonNode.Parse(text)!;
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
