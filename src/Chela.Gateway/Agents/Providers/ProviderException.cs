namespace Chela.Gateway.Agents.Providers;

/// <summary>The one exception with which a model client reports failure; cancellation by the caller stays a cancellation.</summary>
internal sealed class ProviderException : Exception
{
    /// <summary>Creates the exception; the cause, if any, is for the log and never for the user.</summary>
    public ProviderException(ProviderError error, Exception? cause = null)
        : base(error.Message, cause) => Error = error;

    /// <summary>What the user is told.</summary>
    public ProviderError Error { get; }
}
