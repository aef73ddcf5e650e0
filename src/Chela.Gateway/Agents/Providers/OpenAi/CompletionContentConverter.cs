using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>Reads the content of a reply: a string, or with some servers a list of parts, of which those with text count.</summary>
internal sealed class CompletionContentConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return reader.GetString();
        }

        try
        {
            return string.Concat(JsonElement.ParseValue(ref reader).EnumerateArray().Select(Text));
        }
        catch (InvalidOperationException halfPair)
        {
            throw new JsonException("The text has half a surrogate pair.", halfPair);
        }
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    // Parts without text are thoughts and references.
    private static string? Text(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
