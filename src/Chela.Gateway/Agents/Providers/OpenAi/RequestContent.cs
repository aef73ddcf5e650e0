using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>What a message says: text, and pictures between it. Text alone is written as a string, which every server reads.</summary>
[JsonConverter(typeof(RequestContentConverter))]
internal sealed record RequestContent(IReadOnlyList<AIContent> Parts)
{
    /// <summary>Text alone.</summary>
    public static RequestContent Of(string text) => new([new TextContent(text)]);
}

/// <summary>Writes it for chat completions.</summary>
internal class RequestContentConverter : JsonConverter<RequestContent>
{
    public override RequestContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are only written.");

    public override void Write(Utf8JsonWriter writer, RequestContent value, JsonSerializerOptions options)
    {
        if (!value.Parts.Any(part => part is DataContent))
        {
            writer.WriteStringValue(string.Concat(value.Parts.OfType<TextContent>().Select(part => part.Text)));
            return;
        }

        writer.WriteStartArray();
        foreach (var part in value.Parts)
        {
            writer.WriteStartObject();
            if (part is DataContent picture)
            {
                WritePicture(writer, picture.Uri);
            }
            else
            {
                WriteText(writer, ((TextContent)part).Text);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>The members of a picture.</summary>
    protected virtual void WritePicture(Utf8JsonWriter writer, string url)
    {
        writer.WriteString("type", "image_url");
        writer.WriteStartObject("image_url");
        writer.WriteString("url", url);
        writer.WriteEndObject();
    }

    /// <summary>The members of a text between pictures.</summary>
    protected virtual void WriteText(Utf8JsonWriter writer, string text)
    {
        writer.WriteString("type", "text");
        writer.WriteString("text", text);
    }
}
