using System.Text.Json;

namespace Chela.Contracts.Errors;

/// <summary>Why a call failed. A closed list: each dialect maps every kind to its own code.</summary>
public enum RpcErrorKind
{
    /// <summary>The frame was not readable at all (not JSON, not UTF-8).</summary>
    Parse,

    /// <summary>A readable frame of the wrong shape, or a call that the present state does not allow.</summary>
    InvalidRequest,

    /// <summary>No such method.</summary>
    UnknownMethod,

    /// <summary>The parameters do not fit the method's schema; the message names the offending path.</summary>
    InvalidParams,

    /// <summary>No valid credential was shown.</summary>
    Unauthenticated,

    /// <summary>The caller is known but lacks the scope.</summary>
    Forbidden,

    /// <summary>The thing named does not exist.</summary>
    NotFound,

    /// <summary>The thing named exists in another state than the caller believes.</summary>
    Conflict,

    /// <summary>A limit was reached; try again after the time given.</summary>
    TooMany,

    /// <summary>A part that the call needs is not ready or failed.</summary>
    Unavailable,

    /// <summary>The call took longer than it may.</summary>
    Timeout,

    /// <summary>A fault of the gateway. The text of the exception never leaves the process.</summary>
    Internal,
}

/// <summary>A failed call as it is told to the caller.</summary>
/// <param name="Kind">The class of failure.</param>
/// <param name="Message">One clear sentence that names the field and the remedy where there is one.</param>
public sealed record RpcError(RpcErrorKind Kind, string Message)
{
    /// <summary>Facts for programs, for example a code; absent for most errors.</summary>
    public JsonElement? Details { get; init; }

    /// <summary>What stands beside the error as the call's result, in dialects that can have both; absent for most errors.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>How long to wait before the same call may succeed, in milliseconds. Its presence means that a retry makes sense.</summary>
    public int? RetryAfterMs { get; init; }
}

/// <summary>The one exception that a method throws to answer with an error.</summary>
public sealed class RpcException : Exception
{
    /// <summary>Creates the exception from a kind and a sentence for the caller.</summary>
    public RpcException(RpcErrorKind kind, string message)
        : this(new RpcError(kind, message))
    {
    }

    /// <summary>Creates the exception from a complete error.</summary>
    public RpcException(RpcError error)
        : base(error.Message) => Error = error;

    /// <summary>What the caller is told.</summary>
    public RpcError Error { get; }
}
