using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Access;
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
        if (highest >= Math.Max(connect.MinProtocol, OldestProtocol))
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

    /// <summary>The scopes that the client is granted.</summary>
    /// <exception cref="RpcException">The client is refused.</exception>
    public static OperatorScopes Check(ConnectParams connect, LoginRequest request, GatewayToken token)
    {
        var role = connect.Role ?? "operator";
        if (role is not ("operator" or "node"))
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "invalid role");
        }

        var shown = connect.Auth?.Token ?? connect.Auth?.Password;
        if (shown is not null && !token.Matches(shown))
        {
            throw Refusal(RpcErrorKind.InvalidRequest, AuthMethods.Mismatch, new RefusalDetails("AUTH_TOKEN_MISMATCH")
            {
                AuthReason = "token_mismatch",
                CanRetryWithDeviceToken = false,
                RecommendedNextStep = "update_auth_credentials",
            });
        }

        if (shown is null || role == "node")
        {
            throw Refusal(RpcErrorKind.Unauthenticated, "device identity required", new RefusalDetails("DEVICE_IDENTITY_REQUIRED"));
        }

        if (connect.Device is null && connect.Client.Id is "openclaw-control-ui" or "openclaw-tui")
        {
            const string Message = "control ui requires device identity (use HTTPS or localhost secure context)";
            throw Refusal(RpcErrorKind.InvalidRequest, Message, new RefusalDetails("CONTROL_UI_DEVICE_IDENTITY_REQUIRED"));
        }

        return KeepsScopes(connect, request) ? Requested(connect) : OperatorScopes.None;
    }

    /// <summary>Without a device only the local command line and local back ends keep the scopes that they ask for (§ 8).</summary>
    private static bool KeepsScopes(ConnectParams connect, LoginRequest request) =>
        connect.Device is not null
        || (request is { IsLocal: true, Origin: null }
            && (connect.Client.Id, connect.Client.Mode) is ("gateway-client", "backend") or ("cli", "cli"));

    private static OperatorScopes Requested(ConnectParams connect)
    {
        var scopes = OperatorScopes.None;
        foreach (var name in connect.Scopes ?? [])
        {
            scopes |= ScopeNames.TryParse(name, out var scope) ? scope : OperatorScopes.None;
        }

        return scopes;
    }

    private static RpcException Refusal(RpcErrorKind kind, string message, RefusalDetails details) => new(new RpcError(kind, message)
    {
        Details = JsonSerializer.SerializeToElement(details, OpenClawJson.Default.RefusalDetails),
    });
}
