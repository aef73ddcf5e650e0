using System.Globalization;

namespace Chela.Gateway.Agents.Providers;

/// <summary>Writes the sentence for each kind of failure of one provider.</summary>
/// <param name="keyName">The setting that holds the provider's credential.</param>
/// <param name="addressName">The setting that holds the provider's address.</param>
internal sealed class ProviderErrors(string keyName, string addressName)
{
    /// <summary>The error for an answer with a failure status, or for an error reported inside a stream.</summary>
    public ProviderException Answered(int? status, ProviderErrorBody body, TimeSpan? retryAfter = null)
    {
        var known = status ?? body.Status;
        return Create(ProviderErrorTable.Classify(known, body.Words), known, retryAfter);
    }

    /// <summary>The error for a call that got no complete, readable answer.</summary>
    public ProviderException Failed(ProviderErrorKind kind, Exception? cause = null) => Create(kind, null, null, cause);

    private ProviderException Create(ProviderErrorKind kind, int? status, TimeSpan? retryAfter, Exception? cause = null) =>
        new(
            new ProviderError(kind, Sentence(kind, Number(status), Wait(retryAfter))) { HttpStatus = status, RetryAfter = retryAfter },
            cause);

    private string Sentence(ProviderErrorKind kind, string status, string? wait) => kind switch
    {
        ProviderErrorKind.Authentication => $"The model provider refused the API key{status}. Check {keyName}.",
        ProviderErrorKind.Quota => $"The model provider's account has no credit left{status}. Check its plan and billing.",
        ProviderErrorKind.Rate => $"The model provider is rate limiting requests{status}; retry {wait ?? "later"}.",
        ProviderErrorKind.Overload => $"The model provider is overloaded or failing{status}; retry {wait ?? "later"}.",
        ProviderErrorKind.ContextTooLong => $"The conversation is too long for the model{status}. Start a new session or send less text.",
        ProviderErrorKind.ContentRefused => $"The model provider refused the content of this conversation{status}.",
        ProviderErrorKind.Network => $"The connection to the model provider failed or broke off. Check {addressName} and the network.",
        ProviderErrorKind.Timeout => $"The model provider did not answer in time{status}; retry {wait ?? "later"}.",
        ProviderErrorKind.Malformed => $"The model provider sent an answer that cannot be read. Check {addressName}.",
        ProviderErrorKind.NotFound =>
            $"The model provider does not know this model or address{status}. Check the model's name and {addressName}.",
        ProviderErrorKind.ToolsUnsupported => $"The model takes no tools{status}. Choose another model, or the mode fast (agents.defaults.mode).",
        ProviderErrorKind.InvalidRequest => $"The model provider rejected the request{status}.",
        _ => $"The model provider reported an error{status}.",
    };

    private static string Number(int? status) =>
        status is { } known ? string.Create(CultureInfo.InvariantCulture, $" ({known})") : "";

    private static string? Wait(TimeSpan? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"in {Math.Ceiling(known.TotalSeconds):0} s") : null;
}
