using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chela.Load;

/// <summary>Logs a client in that is a command line on this machine: challenge, <c>connect</c> with the token, hello.</summary>
internal static class OpenClawHandshake
{
    /// <exception cref="IOException">The other side refused.</exception>
    public static async Task RunAsync(WebSocket socket, FrameReader reader, string? token, CancellationToken ct)
    {
        _ = await reader.ReadAsync(ct) ?? throw new IOException("closed before the challenge");
        await socket.SendAsync(Connect(token), WebSocketMessageType.Text, endOfMessage: true, ct);
        var answer = await reader.ReadAsync(ct) ?? throw new IOException("closed before the hello");
        if (answer.Span.IndexOf("\"ok\":true"u8) < 0)
        {
            throw new IOException(Encoding.UTF8.GetString(answer.Span));
        }
    }

    private static byte[] Connect(string? token)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("type", "req");
            json.WriteString("id", "connect");
            json.WriteString("method", "connect");
            json.WriteStartObject("params");
            json.WriteNumber("minProtocol", 4);
            json.WriteNumber("maxProtocol", 4);
            json.WriteStartObject("client");
            json.WriteString("id", "cli");
            json.WriteString("version", "1.0.0");
            json.WriteString("platform", "linux");
            json.WriteString("mode", "cli");
            json.WriteEndObject();
            json.WriteStartArray("scopes");
            json.WriteStringValue("operator.read");
            json.WriteEndArray();
            json.WriteStartObject("auth");
            json.WriteString("token", token);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
