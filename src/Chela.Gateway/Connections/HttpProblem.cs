using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Gateway.Access;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Connections;

/// <summary>A refusal over HTTP, as RFC 9457 writes it.</summary>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Status">The status of the response.</param>
/// <param name="Detail">What helps.</param>
internal sealed record HttpProblem(string Title, int Status, string Detail)
{
    /// <summary>The answer to a page of another origin, on every dialect that has no handshake to say it in.</summary>
    public static readonly HttpProblem ForeignPage = new("Origin not allowed", StatusCodes.Status403Forbidden, OriginCheck.Message);

    /// <summary>The answer to one client too many, and to any while the gateway starts or stops.</summary>
    public static readonly HttpProblem Busy = new(
        "No place now", StatusCodes.Status503ServiceUnavailable, "The gateway starts, stops, or serves as many clients as it may. Try again soon.")
    {
        RetryAfterSeconds = 1,
    };

    /// <summary>The answer to platforms in safe mode; they come again.</summary>
    public static readonly HttpProblem SafeMode = new(
        "Safe mode", StatusCodes.Status503ServiceUnavailable, "The gateway takes nothing from platforms until it is restarted. Try again later.")
    {
        RetryAfterSeconds = 60,
    };

    /// <summary>The answer to a body that is no JSON by its name; forms of other sites are such.</summary>
    public static readonly HttpProblem NotJson = new(
        "Content type not supported", StatusCodes.Status415UnsupportedMediaType, "Send the call with Content-Type: application/json.");

    /// <summary>The answer to a body that is too long.</summary>
    public static readonly HttpProblem TooLarge = new(
        "Body too large", StatusCodes.Status413PayloadTooLarge, "The limits are gateway.limits.maxPayload, and maxPayloadBeforeAuth without a token.");

    /// <summary>The answer to a body that is no text.</summary>
    public static readonly HttpProblem NotText = new("Body not readable", StatusCodes.Status400BadRequest, "The body has to be UTF-8.");

    /// <summary>The answer to an upgrade that is none by RFC 6455.</summary>
    public static readonly HttpProblem NoWebSocket = new(
        "Not a WebSocket handshake", StatusCodes.Status426UpgradeRequired, "The handshake is that of RFC 6455: GET, Sec-WebSocket-Version 13 and a Sec-WebSocket-Key.");

    /// <summary>When to try again; null where that does not help.</summary>
    [JsonIgnore]
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Answers a request with it.</summary>
    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        context.Response.ContentType = "application/problem+json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, this, HttpProblemJson.Default.HttpProblem, context.RequestAborted);
    }
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HttpProblem))]
internal sealed partial class HttpProblemJson : JsonSerializerContext;
