using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>A client that may connect.</summary>
/// <param name="Token">The device's own token, told in the hello; null for clients without a device.</param>
internal sealed record Admitted(CallerRole Role, OperatorScopes Scopes, string? DeviceId, DeviceToken? Token);

/// <summary>
/// Admits devices: proof of the key, then the credential, then the pairing (02-handshake § 6, § 7.3, § 9). That a device is
/// known never replaces its proof.
/// </summary>
internal sealed class DeviceAdmission(Pairing pairing, DeviceTable devices, EventBus events, TimeProvider time)
{
    /// <param name="connect">The client's parameters, with a device.</param>
    /// <param name="request">Where it connects from.</param>
    /// <param name="challenge">The nonce that it was given.</param>
    /// <param name="protocol">The version that it will speak.</param>
    /// <param name="hasSecret">It showed the gateway's secret.</param>
    /// <exception cref="RpcException">It is refused, or has to wait for approval.</exception>
    public async Task<Admitted> AdmitAsync(ConnectParams connect, LoginRequest request, string challenge, int protocol, bool hasSecret)
    {
        var role = connect.Role ?? "operator";
        var claim = Prove(connect, request, challenge, protocol, role);
        if (!hasSecret)
        {
            CheckToken(connect, claim.DeviceId, role);
        }

        var asked = RequestOf(connect, request, claim, role);
        var answer = await pairing.AskAsync(new PairingCall(asked, request is { IsLocal: true, Origin: null }, hasSecret), CancellationToken.None);
        Tell(answer);
        if (answer.Device is not { } device)
        {
            throw Waiting(answer);
        }

        return new Admitted(Admission.Role(connect), Admission.Requested(connect), device.DeviceId, device.TokenFor(role));
    }

    private DeviceClaim Prove(ConnectParams connect, LoginRequest request, string challenge, int protocol, string role)
    {
        var device = connect.Device!;
        var claim = new DeviceClaim(device.Id, device.PublicKey, device.Signature, device.SignedAt, device.Nonce);
        var signed = new SignedConnect(
            connect.Client.Id,
            connect.Client.Mode,
            role,
            connect.Scopes ?? [],
            connect.Auth?.Token ?? connect.Auth?.DeviceToken ?? connect.Auth?.BootstrapToken ?? "",
            connect.Client.Platform,
            connect.Client.DeviceFamily);
        var isOld = protocol == Admission.OldestProtocol;
        if (DeviceProof.Check(claim, signed, challenge, NowMs(), isOld, isOld && request.IsLocal) is { } failure)
        {
            throw Admission.Refusal(
                RpcErrorKind.InvalidRequest, failure.Message, new RefusalDetails(failure.Code) { Reason = failure.Reason });
        }

        return claim;
    }

    /// <summary>Without the gateway's secret the device's own token has to do: for this device, this role, and no more scopes.</summary>
    private void CheckToken(ConnectParams connect, string deviceId, string role)
    {
        var shown = connect.Auth?.DeviceToken ?? connect.Auth?.Token;
        if (shown is null)
        {
            var code = connect.Auth?.Password is null ? ("AUTH_TOKEN_MISSING", "token_missing") : ("AUTH_PASSWORD_MISMATCH", "password_mismatch");
            throw Refused(code.Item1, code.Item2, "unauthorized: gateway token missing (provide gateway auth token)");
        }

        if (devices.Verify(deviceId, role, shown) is not { } token)
        {
            throw connect.Auth?.DeviceToken is null
                ? Admission.WrongToken(canRetryWithDeviceToken: devices.Find(deviceId)?.TokenFor(role) is not null)
                : Refused("AUTH_DEVICE_TOKEN_MISMATCH", "device_token_mismatch", "unauthorized: device token mismatch (rotate/reissue device token)");
        }

        var granted = ScopeNames.WithIncluded(token.Scopes.Aggregate(
            OperatorScopes.None, (all, name) => ScopeNames.TryParse(name, out var scope) ? all | scope : all));
        var asked = Admission.Requested(connect);
        if ((granted & asked) != asked)
        {
            throw Refused("AUTH_SCOPE_MISMATCH", "scope_mismatch", "unauthorized: device token does not cover the scopes asked for");
        }
    }

    private PairingRequest RequestOf(ConnectParams connect, LoginRequest request, DeviceClaim claim, string role)
    {
        var key = DeviceKey.TryParse(claim.PublicKey, out var parsed) ? parsed.Text : claim.PublicKey; // one spelling of each key
        return new PairingRequest(Guid.NewGuid().ToString(), claim.DeviceId, key, role, connect.Scopes ?? [], NowMs())
        {
            DisplayName = connect.Client.DisplayName,
            Platform = connect.Client.Platform,
            DeviceFamily = connect.Client.DeviceFamily,
            ClientId = connect.Client.Id,
            ClientMode = connect.Client.Mode,
            BrowserOrigin = request.Origin,
            RemoteIp = request.Address?.ToString(),
        };
    }

    private void Tell(PairingAnswer answer)
    {
        if (answer.Replaced is { } replaced)
        {
            events.Publish(new PairingResolvedEvent(replaced, "rejected", NowMs()));
        }

        if (answer.IsNew)
        {
            events.Publish(new PairingRequestedEvent(answer.Waiting!));
        }
        else if (answer is { Device: not null, Waiting: { } approved })
        {
            events.Publish(new PairingResolvedEvent(approved, "approved", NowMs()));
        }
    }

    private static RpcException Waiting(PairingAnswer answer)
    {
        var waiting = answer.Waiting!;
        var why = answer.Reason switch
        {
            "role-upgrade" => "device asks for a role that was not approved",
            "scope-upgrade" => "device asks for scopes that were not approved",
            "metadata-upgrade" => "device says that it runs on another platform than the one approved",
            _ => "device is not approved yet",
        };
        return Admission.Refusal(RpcErrorKind.Unauthenticated, $"pairing required: {why} (requestId: {waiting.RequestId})", new RefusalDetails("PAIRING_REQUIRED")
        {
            Reason = answer.Reason,
            RequestId = waiting.RequestId,
            RemediationHint = $"Approve it with: chela gateway call device.pair.approve --params '{{\"requestId\":\"{waiting.RequestId}\"}}'",
            DeviceId = waiting.DeviceId,
            RequestedRole = waiting.Role,
            RequestedScopes = waiting.Scopes,
        });
    }

    private static RpcException Refused(string code, string reason, string message) =>
        Admission.Refusal(RpcErrorKind.InvalidRequest, message, new RefusalDetails(code)
        {
            AuthReason = reason,
            CanRetryWithDeviceToken = false,
            RecommendedNextStep = "update_auth_credentials",
        });

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
