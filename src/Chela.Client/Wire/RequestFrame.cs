using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Chela.Client.Wire;

/// <summary>Writes the one frame that a client sends: a request.</summary>
internal static class RequestFrame
{
    public static ReadOnlyMemory<byte> Write<T>(string id, string method, T? parameters, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "req");
            writer.WriteString("id", id);
            writer.WriteString("method", method);
            if (parameters is not null)
            {
                writer.WritePropertyName("params");
                JsonSerializer.Serialize(writer, parameters, type);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
