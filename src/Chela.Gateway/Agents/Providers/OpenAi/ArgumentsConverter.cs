using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>Reads the arguments of a call: JSON in a string, or with some servers the JSON itself.</summary>
internal sealed class ArgumentsConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.StartObject ? JsonElement.ParseValue(ref reader).GetRawText() : reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
