using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Access;
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

    /// <summary>The role that the client connects in.</summary>
    /// <exception cref="RpcException">There is no such role.</exception>
    public static CallerRole Role(ConnectParams connect) => connect.Role switch
    {
        null or "operator" => CallerRole.Operator,
        "node" => CallerRole.Node,
        _ => throw new RpcException(RpcErrorKind.InvalidRequest, "invalid role"),
    };

    /// <summary>True when the client showed the gateway's secret, in either of the fields that clients use.</summary>
    public static bool ShowsSecret(ConnectParams connect, GatewayToken token) =>
        (connect.Auth?.Token is { } shown && token.Matches(shown)) || (connect.Auth?.Password is { } password && token.Matches(password));

    /// <summary>The scopes of a client that brings no device (§ 8).</summary>
    /// <exception cref="RpcException">It may not come without one.</exception>
    public static OperatorScopes WithoutDevice(ConnectParams connect, LoginRequest request, CallerRole role, bool hasSecret)
    {
        if (!hasSecret && (connect.Auth?.Token ?? connect.Auth?.Password) is not null)
        {
            throw WrongToken(canRetryWithDeviceToken: false);
        }

        if (!hasSecret || role == CallerRole.Node)
        {
            throw Refusal(RpcErrorKind.Unauthenticated, "device identity required", new RefusalDetails("DEVICE_IDENTITY_REQUIRED"));
        }

        if (connect.Client.Id is "openclaw-control-ui" or "openclaw-tui")
        {
            const string Message = "control ui requires device identity (use HTTPS or localhost secure context)";
            throw Refusal(RpcErrorKind.InvalidRequest, Message, new RefusalDetails("CONTROL_UI_DEVICE_IDENTITY_REQUIRED"));
        }

        // Only the local command line and local back ends keep the scopes that they ask for.
        var keeps = request is { IsLocal: true, Origin: null }
            && (connect.Client.Id, connect.Client.Mode) is ("gateway-client", "backend") or ("cli", "cli");
        return keeps ? Requested(connect) : OperatorScopes.None;
    }

    /// <summary>The scopes that the client asks for; names that nobody defined count for nothing.</summary>
    public static OperatorScopes Requested(ConnectParams connect) => (connect.Scopes ?? []).Aggregate(
        OperatorScopes.None, (all, name) => ScopeNames.TryParse(name, out var scope) ? all | scope : all);

    /// <summary>The refusal of a wrong secret.</summary>
    public static RpcException WrongToken(bool canRetryWithDeviceToken) =>
        Refusal(RpcErrorKind.InvalidRequest, AuthMethods.Mismatch, new RefusalDetails("AUTH_TOKEN_MISMATCH")
        {
            AuthReason = "token_mismatch",
            CanRetryWithDeviceToken = canRetryWithDeviceToken,
            RecommendedNextStep = canRetryWithDeviceToken ? "retry_with_device_token" : "update_auth_credentials",
        });

    /// <summary>A refusal with its facts for programs.</summary>
    public static RpcException Refusal(RpcErrorKind kind, string message, RefusalDetails details) => new(new RpcError(kind, message)
    {
        Details = JsonSerializer.SerializeToElement(details, OpenClawJson.Default.RefusalDetails),
    });
}
