using Chela.Contracts.Errors;

namespace Chela.Gateway.Wire;

/// <summary>The kinds of errors as words, for dialects that have no codes of their own.</summary>
internal static class ErrorCodes
{
    /// <summary>The kind's name in capitals, for example <c>INVALID_PARAMS</c>.</summary>
    public static string Of(RpcErrorKind kind) => kind switch
    {
        RpcErrorKind.Parse => "PARSE_ERROR",
        RpcErrorKind.InvalidRequest => "INVALID_REQUEST",
        RpcErrorKind.UnknownMethod => "UNKNOWN_METHOD",
        RpcErrorKind.InvalidParams => "INVALID_PARAMS",
        RpcErrorKind.Unauthenticated => "UNAUTHENTICATED",
        RpcErrorKind.Forbidden => "FORBIDDEN",
        RpcErrorKind.NotFound => "NOT_FOUND",
        RpcErrorKind.Conflict => "CONFLICT",
        RpcErrorKind.TooMany => "TOO_MANY",
        RpcErrorKind.Unavailable => "UNAVAILABLE",
        RpcErrorKind.Timeout => "TIMEOUT",
        _ => "INTERNAL",
    };
}
