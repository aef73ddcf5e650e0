using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>Decides on a <c>connect</c>, in the protocol's order: range, role, credential, device (02-handshake § 5, § 7, § 8).</summary>
internal static class Admission
{
    /// <summary>The protocol versions that are served; a client gets the highest of its range.</summary>
    public const int NewestProtocol = 4;

    /// <summary>The oldest of them.</summary>
    public const int OldestProtocol = 3;

    /// <summary>The one refusal that closes with 1002.</summary>
    public const string ProtocolMismatch = "protocol mismatch";

    /// <summary>The version to speak with this client.</summary>
    /// <exception cref="RpcException">No version is common.</exception>
    public static int Protocol(ConnectParams connect)
    {
        var highest = Math.Min(connect.MaxProtocol, NewestProtocol);
        var isProbe = connect.Client.Mode == "probe"; // it wants to know what there is, even where its range is none
        if (isProbe ? highest >= OldestProtocol && connect.MinProtocol <= NewestProtocol : highest >= Math.Max(connect.MinProtocol, OldestProtocol))
        {
            return highest;
        }

        var details = new ProtocolMismatch(
            "PROTOCOL_MISMATCH", connect.MinProtocol, connect.MaxProtocol, NewestProtocol, OldestProtocol);
        throw new RpcException(new RpcError(RpcErrorKind.InvalidRequest, ProtocolMismatch)
        {
            Details = JsonSerializer.SerializeToElement(details, OpenClawJson.Default.ProtocolMismatch),
        });
    }

    /// <summary>The member that protocol 4 requires and protocol 3 does not.</summary>
    /// <exception cref="RpcException">It is missing.</exception>
    public static void RequireNonce(ConnectParams connect, int protocol)
    {
        if (protocol == NewestProtocol && connect.Device is { Nonce: null })
        {
            throw new RpcException(RpcErrorKind.InvalidParams, "invalid connect params: at /device: must have required property 'nonce'");
        }
    }

    /// <summary>The role that the client connects in.</summary>
    /// <exception cref="RpcException">There is no such role.</exception>
    public static CallerRole Role(ConnectParams connect) => connect.Role switch
    {
        null or "operator" => CallerRole.Operator,
        "node" => CallerRole.Node,
        _ => throw new RpcException(RpcErrorKind.InvalidRequest, "invalid role"),
    };

    /// <summary>The scopes of a client that brings no device (§ 8).</summary>
    /// <exception cref="RpcException">It may not come without one.</exception>
    public static OperatorScopes WithoutDevice(ConnectParams connect, LoginRequest request, int protocol, CredentialVerdict shared)
    {
        var role = Role(connect);
        if (connect.Client.Id is "openclaw-control-ui" or "openclaw-tui"
            && shared is not { IsValid: true, Method: AuthMode.TrustedProxy })
        {
            var message = protocol == OldestProtocol
                ? "control ui requires HTTPS or localhost (secure context)"
                : "control ui requires device identity (use HTTPS or localhost secure context)";
            throw Refusal(RpcErrorKind.InvalidRequest, message, new RefusalDetails("CONTROL_UI_DEVICE_IDENTITY_REQUIRED"));
        }

        if (role == CallerRole.Operator && !shared.IsValid && shared.Reason is not (AuthReason.TokenMissing or AuthReason.PasswordMissing))
        {
            throw AuthRefusal.Of(shared.Reason!, retryAfterMs: shared.RetryAfterMs);
        }

        // Only the local command line and local back ends keep the scopes that they ask for; where no credential is wanted only they may come.
        var keeps = request is { IsLocal: true, Origin: null }
            && (connect.Client.Id, connect.Client.Mode) is ("gateway-client", "backend") or ("cli", "cli");
        if (!shared.IsValid || role == CallerRole.Node || (shared.Method == AuthMode.None && !keeps))
        {
            throw Refusal(RpcErrorKind.Unauthenticated, "device identity required", new RefusalDetails("DEVICE_IDENTITY_REQUIRED"));
        }

        return keeps ? Requested(connect) : OperatorScopes.None;
    }

    /// <summary>The scopes that the client asks for; names that nobody defined count for nothing.</summary>
    public static OperatorScopes Requested(ConnectParams connect) => (connect.Scopes ?? []).Aggregate(
        OperatorScopes.None, (all, name) => ScopeNames.TryParse(name, out var scope) ? all | scope : all);

    /// <summary>A refusal with its facts for programs.</summary>
    public static RpcException Refusal(RpcErrorKind kind, string message, RefusalDetails details) => new(new RpcError(kind, message)
    {
        Details = JsonSerializer.SerializeToElement(details, OpenClawJson.Default.RefusalDetails),
    });
}
