using System.Collections.Immutable;

namespace Chela.Gateway.Agents.Providers;

/// <summary>
/// Decides the kind of a failure from status and words; the first row that fits wins. Words come before bare statuses,
/// because servers use 400, 403 and 429 for several things. No row makes a 400 an authentication failure: a conversation
/// that one model cannot take must not count against the credential.
/// </summary>
internal static class ProviderErrorTable
{
    private static readonly ImmutableArray<Row> Rows =
    [
        new(ProviderErrorKind.ContextTooLong, [400, 413, 422, 500],
            ["context_length_exceeded", "exceed_context_size", "maximum context length", "context length", "context window",
             "context size", "prompt is too long", "too many input tokens"]),
        new(ProviderErrorKind.ContentRefused, [400, 403, 422, 451],
            ["content_policy_violation", "content_filter", "responsibleaipolicyviolation", "moderation_blocked",
             "input was flagged", "safety system"]),
        new(ProviderErrorKind.Quota, [400, 403, 429],
            ["insufficient_quota", "billing_hard_limit", "billing_not_active", "insufficient credits", "insufficient balance",
             "credit balance is too low"]),
        new(ProviderErrorKind.ToolsUnsupported, [400, 404, 422],
            ["not support tools", "support tool use", "not support tool", "not support function calling", "tool choice requires"]),
        new(ProviderErrorKind.NotFound, [400, 404],
            ["model_not_found", "model not found", "unknown model", "not a valid model"]),
        new(ProviderErrorKind.Rate, [429], ["rate_limit", "rate limit", "tokens per minute", "too many requests"]),
        new(ProviderErrorKind.Authentication, [401, 403], ["invalid_api_key", "authentication_error", "invalid api key"]),
        new(ProviderErrorKind.Overload, [500, 502, 503, 529], ["overloaded", "server_error", "internalservererror"]),
        new(ProviderErrorKind.Authentication, [401, 403], []),
        new(ProviderErrorKind.Quota, [402], []),
        new(ProviderErrorKind.NotFound, [404, 410], []),
        new(ProviderErrorKind.Timeout, [408, 504, 524], []),
        new(ProviderErrorKind.ContextTooLong, [413], []),
        new(ProviderErrorKind.Rate, [429], []),
        new(ProviderErrorKind.ContentRefused, [451], []),
    ];

    /// <summary>The kind of a failure reported by a provider.</summary>
    /// <param name="status">The HTTP status; null for an error inside a stream, where only words can tell.</param>
    /// <param name="words">Code, type and message of the body in lower case; may be empty.</param>
    public static ProviderErrorKind Classify(int? status, string words)
    {
        foreach (var row in Rows)
        {
            if (row.Fits(status, words))
            {
                return row.Kind;
            }
        }

        return status switch
        {
            >= 400 and < 500 => ProviderErrorKind.InvalidRequest,
            >= 500 => ProviderErrorKind.Overload,
            _ => ProviderErrorKind.Unknown,
        };
    }

    private sealed record Row(ProviderErrorKind Kind, int[] Statuses, string[] Words)
    {
        public bool Fits(int? status, string words) =>
            (status is { } known ? Statuses.Contains(known) : Words.Length > 0)
            && (Words.Length == 0 || Words.Any(word => words.Contains(word, StringComparison.Ordinal)));
    }
}
