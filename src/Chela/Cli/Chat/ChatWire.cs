using System.Text.Json;

namespace Chela.Cli.Chat;

/// <summary>Parameters of <c>chat.send</c>. The key is the run's id, too.</summary>
internal sealed record ChatSendParams(string SessionKey, string Message, string IdempotencyKey);

/// <summary>Parameters of <c>chat.abort</c>.</summary>
internal sealed record ChatAbortParams(string SessionKey, string RunId);

/// <summary>The answer to <c>chat.send</c>; without a run where the text said stop.</summary>
internal sealed record ChatAck
{
    public string? RunId { get; init; }

    /// <summary>Of a text that said stop: whether something was stopped.</summary>
    public bool Aborted { get; init; }

    public string? Status { get; init; }
}

/// <summary>The payload of a <c>chat</c> event.</summary>
internal sealed record ChatEvent(string RunId, string State)
{
    public string? SessionKey { get; init; }

    public string? DeltaText { get; init; }

    public bool Replace { get; init; }

    public JsonElement? Message { get; init; }

    public JsonElement? Usage { get; init; }

    public string? ErrorMessage { get; init; }

    public string? ErrorKind { get; init; }

    /// <summary>Whether nothing of this run comes after it.</summary>
    public bool IsLast => State is "final" or "aborted" or "error";

    /// <summary>The text of the whole message so far; null if the event carries none.</summary>
    public string? MessageText()
    {
        if (Message is not { ValueKind: JsonValueKind.Object } message || !message.TryGetProperty("content", out var content))
        {
            return null;
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString(),
            JsonValueKind.Array => string.Join('\n', content.EnumerateArray().Select(PartText).OfType<string>()),
            _ => null,
        };
    }

    private static string? PartText(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object
        && part.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("text")
        && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}

/// <summary>How a run ended; what <c>chela chat --json</c> prints.</summary>
/// <param name="SessionKey">The session, by the name that the gateway gives it.</param>
/// <param name="RunId">The run.</param>
/// <param name="Text">The whole reply, or as much of it as there was.</param>
/// <param name="Status"><c>ok</c>, <c>aborted</c> or <c>error</c>.</param>
internal sealed record ChatOutcome(string SessionKey, string RunId, string Text, string Status)
{
    /// <summary>What the run used, as the gateway tells it.</summary>
    public JsonElement? Usage { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }
}
