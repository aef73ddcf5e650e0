using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Access;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>
/// Admits devices: proof of the key, then the credential, then the pairing (02-handshake § 6, § 7.3, § 9). That a device is
/// known never replaces its proof.
/// </summary>
internal sealed class DeviceAdmission(
    DeviceCredentials credentials,
    BrowserTokens browsers,
    Pairing pairing,
    SetupCodes setups,
    DeviceTable devices,
    EventBus events,
    TimeProvider time)
{
    /// <param name="connect">The client's parameters, with a device.</param>
    /// <param name="request">Where it connects from.</param>
    /// <param name="challenge">The nonce that it was given.</param>
    /// <param name="protocol">The version that it will speak.</param>
    /// <param name="shared">What became of the gateway's own secret, should it have shown one.</param>
    /// <exception cref="RpcException">It is refused, or has to wait for approval.</exception>
    public async Task<Admitted> AdmitAsync(ConnectParams connect, LoginRequest request, string challenge, int protocol, CredentialVerdict shared)
    {
        Prove(connect, request, challenge, protocol);
        var asked = DeviceRequest.Of(connect, request, shared, NowMs());
        var credential = await credentials.CheckAsync(connect, request, asked, protocol, shared);
        if (SkipsPairing(connect, request, credential))
        {
            return Result(connect, credential, asked.DeviceId, devices.Find(asked.DeviceId));
        }

        return await browsers.BindAsync(connect, credential.BootstrapToken is { } bootstrap
            ? await RedeemAsync(connect, credential, asked, bootstrap)
            : await AskAsync(connect, request, protocol, credential, asked));
    }

    /// <summary>
    /// False when the device lost what it was admitted with while its login was under way. To be asked after the connection is
    /// known as the device's: from then on whoever takes the right away finds it by himself.
    /// </summary>
    public bool IsStillAdmitted(Admitted admitted) =>
        admitted.Token is not { } token || devices.Find(admitted.DeviceId!)?.TokenFor(token.Role)?.Value == token.Value;

    private void Prove(ConnectParams connect, LoginRequest request, string challenge, int protocol)
    {
        var device = connect.Device!;
        var claim = new DeviceClaim(device.Id, device.PublicKey, device.Signature, device.SignedAt, device.Nonce);
        var signed = new SignedConnect(
            connect.Client.Id,
            connect.Client.Mode,
            connect.Role ?? "operator",
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
    }

    /// <summary>A local back end with the gateway's secret could come without a device too; and where no secret is wanted the Control UI may come.</summary>
    private static bool SkipsPairing(ConnectParams connect, LoginRequest request, DeviceCredential credential) =>
        Admission.Role(connect) == CallerRole.Operator && credential.IsShared
        && ((request is { IsLocal: true, Origin: null } && connect.Client is { Id: "gateway-client", Mode: "backend" })
            || (credential.Method == "none" && connect.Client.Id == "openclaw-control-ui"));

    private async Task<Admitted> RedeemAsync(ConnectParams connect, DeviceCredential credential, PairingRequest asked, string bootstrap)
    {
        var redeemed = await setups.RedeemAsync(bootstrap, asked, CancellationToken.None) ?? throw DeviceCredentials.WrongSetup();
        devices.Seen(asked.DeviceId, asked.Role, NowMs());
        events.Publish(new SetupCompletedEvent(SetupCompletion.Of(redeemed.Setup)!));
        return Result(connect, credential, asked.DeviceId, redeemed.Device) with
        {
            OtherTokens = [.. redeemed.Device.Tokens.Where(token =>
                token.Role != asked.Role && token.RevokedAtMs is null && redeemed.Profile.Roles.Contains(token.Role))],
        };
    }

    private async Task<Admitted> AskAsync(ConnectParams connect, LoginRequest request, int protocol, DeviceCredential credential, PairingRequest asked)
    {
        var known = devices.Find(asked.DeviceId);
        var call = new PairingCall(asked, request is { IsLocal: true, Origin: null }, credential.Method);
        var answer = await pairing.AskAsync(call, CancellationToken.None);
        if (answer.Device is not { } device)
        {
            PairingNews.Tell(events, (answer.Waiting!, answer.IsNew, answer.Replaced), NowMs());
            throw PairingRefusal.Of(answer, known, protocol);
        }

        if (answer.Waiting is { } approved)
        {
            events.Publish(new PairingResolvedEvent(approved, isApproved: true, NowMs()));
        }

        return Result(connect, credential, asked.DeviceId, device);
    }

    private static Admitted Result(ConnectParams connect, DeviceCredential credential, string deviceId, PairedDevice? device)
    {
        var role = Admission.Role(connect);
        return new Admitted(role, role == CallerRole.Node ? OperatorScopes.None : Admission.Requested(connect), credential.Method)
        {
            DeviceId = deviceId,
            Token = device?.TokenFor(role == CallerRole.Node ? "node" : "operator"),
        };
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
