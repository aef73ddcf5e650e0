namespace Chela.Gateway.Agents.Providers;

/// <summary>A failed model call as it may be told to anybody: no secret, no text of an exception or of the provider.</summary>
/// <param name="Kind">The class of failure.</param>
/// <param name="Message">One sentence for the user.</param>
internal sealed record ProviderError(ProviderErrorKind Kind, string Message)
{
    /// <summary>The status of the provider's answer, where there was one.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>How long the provider asks us to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The same failure in the words of the chat protocol's <c>errorKind</c>.</summary>
    public string ChatErrorKind => Kind switch
    {
        ProviderErrorKind.ContentRefused => "refusal",
        ProviderErrorKind.Timeout => "timeout",
        ProviderErrorKind.Rate or ProviderErrorKind.Quota => "rate_limit",
        ProviderErrorKind.ContextTooLong => "context_length",
        _ => "unknown",
    };
}
