using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Sessions;

/// <summary>The name that a person gives a session; no two sessions of an agent have the same.</summary>
internal static class SessionLabel
{
    /// <summary>The longest, in characters (OpenClaw's limit).</summary>
    public const int MaxLength = 512;

    /// <summary>Refuses a name that the session cannot have.</summary>
    /// <exception cref="RpcException">It is blank, too long, or another session's.</exception>
    public static void Check(SessionTable sessions, SessionKey key, string? label, string method)
    {
        if (label is { Length: 0 or > MaxLength })
        {
            throw new RpcException(RpcErrorKind.InvalidParams, $"invalid {method} params: at /label: must have 1 to {MaxLength} characters");
        }

        if (label is not null && sessions.FindByLabel(key.AgentId, label) is { } other && other.Key != key.Value)
        {
            throw new RpcException(RpcErrorKind.Conflict, $"label already in use: {label}");
        }
    }
}
