namespace Chela.Gateway.Agents.Providers;

/// <summary>Why a model call failed. A closed list: what to do next (retry, fail over, tell the user) is decided from it alone.</summary>
internal enum ProviderErrorKind
{
    /// <summary>Nothing in the table fits.</summary>
    Unknown,

    /// <summary>The credential is missing, wrong or not allowed to do this (401, 403). Never a 400.</summary>
    Authentication,

    /// <summary>The account has no credit left. Waiting does not help.</summary>
    Quota,

    /// <summary>Too many requests or tokens for now. Waiting helps.</summary>
    Rate,

    /// <summary>The provider is overloaded or broken (5xx).</summary>
    Overload,

    /// <summary>The conversation does not fit into the model's context window.</summary>
    ContextTooLong,

    /// <summary>A content filter refused the request or the whole reply.</summary>
    ContentRefused,

    /// <summary>No connection, or the connection broke before the reply was complete.</summary>
    Network,

    /// <summary>The provider did not answer, or fell silent, for longer than is allowed.</summary>
    Timeout,

    /// <summary>The provider's answer cannot be read.</summary>
    Malformed,

    /// <summary>No such model, provider or address.</summary>
    NotFound,

    /// <summary>The model takes no tools.</summary>
    ToolsUnsupported,

    /// <summary>The provider refused the request as wrong (other 4xx). The same request will fail again.</summary>
    InvalidRequest,
}
