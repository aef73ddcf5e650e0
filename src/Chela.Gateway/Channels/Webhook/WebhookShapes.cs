using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Channels.Webhook;

/// <summary>The body of a request to the gateway.</summary>
internal sealed record WebhookMessage
{
    /// <summary>Names the message for ever: one that comes again under it is taken once.</summary>
    [RegularExpression("^[!-~]{1,200}$")]
    public required string Id { get; init; }

    /// <summary>The conversation. In lower case, as session keys are: two chats must never become one.</summary>
    [RegularExpression("^[a-z0-9._@+=-]{1,128}$")]
    public required string Chat { get; init; }

    /// <summary>What kind of conversation it is; direct without it.</summary>
    [AllowedValues("direct", "group", "channel")]
    public string? Kind { get; init; }

    /// <summary>The thread inside the conversation.</summary>
    [RegularExpression("^[a-z0-9._@+=-]{1,128}$")]
    public string? Thread { get; init; }

    /// <summary>Who says it; the chat itself without it, where that is one person.</summary>
    [MinLength(1), MaxLength(200)]
    public string? Sender { get; init; }

    [MinLength(1)]
    public required string Text { get; init; }
}

/// <summary>The answer to a message that was taken in.</summary>
/// <param name="Status"><c>accepted</c>, or <c>duplicate</c> for one that came before.</param>
/// <param name="RunId">The run that answers it; what is posted later names it too.</param>
internal sealed record WebhookReceipt(string Status, string RunId);

/// <summary>The answer to a request that was refused, as RFC 9457 writes it.</summary>
internal sealed record WebhookProblem(string Title, int Status, string Detail);

/// <summary>The body of a request from the gateway: a piece of an answer.</summary>
/// <param name="Id">Unique for each piece, and the same each time that it is sent; also the header <c>Idempotency-Key</c>.</param>
/// <param name="RunId">The run whose answer it is.</param>
/// <param name="Chat">The conversation.</param>
/// <param name="Piece">The place of this piece among all, from 1.</param>
/// <param name="TimestampMs">When the answer was given, in Unix milliseconds.</param>
internal sealed record WebhookReply(string Id, string RunId, string Chat, string Text, int Piece, int Pieces, long TimestampMs)
{
    /// <summary><c>group</c> or <c>channel</c>; absent for a conversation with one person.</summary>
    public string? Kind { get; init; }

    /// <summary>The thread inside the conversation.</summary>
    public string? Thread { get; init; }
}

/// <summary>JSON types of this channel.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookMessage))]
[JsonSerializable(typeof(WebhookReceipt))]
[JsonSerializable(typeof(WebhookProblem))]
[JsonSerializable(typeof(WebhookReply))]
internal sealed partial class WebhookJson : JsonSerializerContext;
