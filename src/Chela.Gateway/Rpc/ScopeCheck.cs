using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;

namespace Chela.Gateway.Rpc;

/// <summary>May this caller call? Wording and details are those of the OpenClaw protocol (02-handshake § 4, methods § 2).</summary>
internal static class ScopeCheck
{
    /// <summary>The refusal of a method of the other role; null when the role is right, or plays no part yet.</summary>
    public static RpcError? RoleRefusal(Caller caller, string name, RpcMethod? method)
    {
        var isRight = method is { IsPublic: true } || !caller.IsAuthenticated || caller.Role == OpenClawMethods.RoleFor(name);
        return isRight ? null : new RpcError(RpcErrorKind.InvalidRequest, $"unauthorized role: {(caller.Role is CallerRole.Node ? "node" : "operator")}");
    }

    /// <summary>The error to answer with, or null when the call may go on. What nobody knows is for administrators.</summary>
    public static RpcError? Refusal(Caller caller, string name, RpcMethod? method)
    {
        if (method is { IsPublic: true })
        {
            return null;
        }

        if (!caller.IsAuthenticated)
        {
            return new RpcError(RpcErrorKind.Unauthenticated, "not authenticated: show the gateway token first");
        }

        if (caller.Role is CallerRole.Node)
        {
            return null; // nodes have no scopes
        }

        var scope = method?.Scope ?? OpenClawMethods.ScopeFor(name);
        return caller.Holds(scope) ? null : Missing(scope);
    }

    /// <summary>The answer to a caller that lacks a scope.</summary>
    public static RpcError Missing(OperatorScopes scope)
    {
        var names = ScopeNames.Of(scope);
        var details = new MissingScope("MISSING_SCOPE", names[0], names);
        return new RpcError(RpcErrorKind.Forbidden, $"missing scope: {names[0]}")
        {
            Details = JsonSerializer.SerializeToElement(details, RpcJson.Default.MissingScope),
        };
    }
}

/// <summary>Details of a FORBIDDEN answer.</summary>
internal sealed record MissingScope(string Code, [property: JsonPropertyName("missingScope")] string Scope, IReadOnlyList<string> RequiredScopes);
