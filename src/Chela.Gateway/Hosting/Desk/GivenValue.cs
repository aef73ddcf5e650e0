using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Reloading;

namespace Chela.Gateway.Hosting.Desk;

/// <summary>Makes of a word of the command line the value of a setting.</summary>
internal static class GivenValue
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The value; of a key that nobody knows, JSON where it is some, so that the check of the whole names the key.</summary>
    /// <exception cref="FormatException">It is no value of that form.</exception>
    public static JsonNode Read(JsonElement schema, ConfigPath path, string text, ValueForm form)
    {
        if (form == ValueForm.Text)
        {
            return text;
        }

        if (form == ValueForm.Json)
        {
            return Parse(text) ?? throw new FormatException($"the value of {path} is no JSON; texts stand in quotes, and nothing is set to null (use: config unset)");
        }

        var known = SettingSchema.Find(schema, path.Segments);
        if (known is null || HoldsBrackets(known.Value, text))
        {
            return Parse(text) ?? (known is null ? text : throw new FormatException($"the value of {path} begins like JSON, but is none"));
        }

        return SettingSchema.Allows(known.Value, "string") ? text : SettingValue.Of(new ConfigKey(path.ToString(), path.Segments, known.Value), text);
    }

    private static bool HoldsBrackets(JsonElement schema, string text) => text.AsSpan().TrimStart() switch
    {
        ['{', ..] => SettingSchema.Allows(schema, "object"),
        ['[', ..] => SettingSchema.Allows(schema, "array"),
        _ => false,
    };

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Lenient);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
