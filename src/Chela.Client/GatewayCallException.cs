using System.Text.Json;

namespace Chela.Client;

/// <summary>The gateway answered a call with an error.</summary>
public sealed class GatewayCallException : Exception
{
    /// <summary>Creates the exception from what the gateway answered.</summary>
    public GatewayCallException(string method, string code, string message)
        : base(message)
    {
        Method = method;
        Code = code;
    }

    /// <summary>The method called; <c>connect</c> when the gateway refused the connection itself.</summary>
    public string Method { get; }

    /// <summary>The gateway's error code, for example <c>INVALID_REQUEST</c>.</summary>
    public string Code { get; }

    /// <summary>Facts for programs; null for most errors.</summary>
    public JsonElement? Details { get; init; }

    /// <summary>Whether the same call may succeed later.</summary>
    public bool Retryable { get; init; }

    /// <summary>How long to wait before a retry, in milliseconds; null if the gateway did not say.</summary>
    public int? RetryAfterMs { get; init; }

    /// <summary>The <c>code</c> inside <see cref="Details"/>, for example <c>AUTH_TOKEN_MISMATCH</c>; null if there is none.</summary>
    public string? DetailCode =>
        Details is { ValueKind: JsonValueKind.Object } details
        && details.TryGetProperty("code", out var code)
        && code.ValueKind == JsonValueKind.String
            ? code.GetString()
            : null;
}
