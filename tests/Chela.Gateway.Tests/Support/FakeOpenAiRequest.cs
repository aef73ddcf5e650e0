using System.Text.Json;

namespace Chela.Gateway.Tests.Support;

/// <summary>A request as the fake server received it.</summary>
/// <param name="Path">Where it went.</param>
/// <param name="Headers">Names without regard to case.</param>
/// <param name="ConnectionId">Equal for requests that came over one connection.</param>
/// <param name="Body">The whole JSON.</param>
/// <param name="Aborted">Completes when the client goes away before the answer is complete.</param>
internal sealed record FakeOpenAiRequest(
    string Path, IReadOnlyDictionary<string, string> Headers, string ConnectionId, JsonElement Body, Task Aborted)
{
    public string Model => Body.GetProperty("model").GetString()!;

    public bool Stream => Body.TryGetProperty("stream", out var stream) && stream.GetBoolean();

    /// <summary>True for Responses, false for chat completions.</summary>
    public bool SpeaksResponses => Path.EndsWith("/responses", StringComparison.Ordinal);

    /// <summary>The conversation as <c>role: content</c>.</summary>
    public IReadOnlyList<string> Messages =>
        [.. Body.GetProperty("messages").EnumerateArray().Select(Line)];

    private static string Line(JsonElement message) => $"{message.GetProperty("role")}: {message.Text("content")}";
}
