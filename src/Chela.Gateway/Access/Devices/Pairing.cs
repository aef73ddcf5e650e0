using Chela.Gateway.Config;
using Chela.Gateway.Telemetry.Audit;

namespace Chela.Gateway.Access.Devices;

/// <summary>What a proven device asks for.</summary>
/// <param name="Request">The request as it would wait.</param>
/// <param name="IsLocal">The device connects from this machine directly, and from no browser page.</param>
/// <param name="Method">How it showed its right to ask: <c>token</c>, <c>password</c>, <c>none</c>, <c>device-token</c>, …</param>
internal sealed record PairingCall(PairingRequest Request, bool IsLocal, string Method);

/// <summary>The answer: admitted, or waiting for somebody's approval.</summary>
/// <param name="Device">The device when it is admitted.</param>
/// <param name="Waiting">The request when it is not, or when it was approved silently.</param>
/// <param name="Reason">Why it has to wait: a <see cref="PairingReason"/>.</param>
/// <param name="IsNew">True when nobody has been told of the request yet.</param>
/// <param name="Replaced">An older request that this one replaced.</param>
internal sealed record PairingAnswer(PairedDevice? Device, PairingRequest? Waiting, string Reason, bool IsNew, PairingRequest? Replaced);

/// <summary>Decides which devices may connect as what (02-handshake § 9).</summary>
internal sealed class Pairing(DeviceTable devices, PairingRequests requests, ConfigStore config, IAuditTrail audit, TimeProvider time)
{
    /// <summary>Admits a proven device, at once or silently, or makes it wait.</summary>
    public async Task<PairingAnswer> AskAsync(PairingCall call, CancellationToken ct)
    {
        var device = devices.Find(call.Request.DeviceId);
        var reason = ReasonToAsk(device, call.Request);
        if (reason is null)
        {
            devices.Seen(device!.DeviceId, call.Request.Role, NowMs());
            return new PairingAnswer(device, null, "", false, null);
        }

        if (SilentApproval.Allows(call, reason, config.Current.Config.Gateway.Nodes.Pairing))
        {
            var approved = await ApproveAsync(call.Request, "silent", ct);
            devices.Seen(approved.DeviceId, call.Request.Role, NowMs());
            return new PairingAnswer(approved, call.Request, reason, false, null);
        }

        var (waiting, isNew, replaced) = requests.Add(call.Request with { IsRepair = device is not null });
        return new PairingAnswer(null, waiting, reason, isNew, replaced);
    }

    /// <summary>Admits a device as it asked, with a token of its own.</summary>
    /// <param name="request">What it asked for.</param>
    /// <param name="via"><c>silent</c> or <c>operator</c>.</param>
    public async Task<PairedDevice> ApproveAsync(PairingRequest request, string via, CancellationToken ct)
    {
        var nowMs = NowMs();
        Grant[] grants = [new Grant(request.Role, request.Scopes)];
        var admitted = await devices.ChangeAsync(request.DeviceId, present => Grants.Admit(present, request, grants, via, nowMs), ct);
        await audit.WriteAsync(new AuditEntry(AuditActions.DeviceAdmitted)
        {
            Facts = new Dictionary<string, string>
            {
                ["deviceId"] = request.DeviceId,
                ["role"] = request.Role,
                ["scopes"] = string.Join(' ', request.Scopes),
                ["via"] = via,
            },
        });
        return admitted!;
    }

    /// <summary>Gives a device a new token for a role; the old one is of no use from then on. One that was revoked stays so.</summary>
    /// <returns>Null when the device does not exist or never had the role.</returns>
    public Task<PairedDevice?> RotateAsync(string deviceId, string role, IReadOnlyList<string>? scopes, CancellationToken ct) => ChangeTokenAsync(
        deviceId,
        role,
        token => token.RevokedAtMs is not null
            ? token
            : token with { Value = Grants.NewSecret(), Scopes = scopes ?? token.Scopes, RotatedAtMs = NowMs(), LastUsedAtMs = null },
        ct);

    /// <summary>Binds a device's token for a role to a secret of the gateway; one that was bound to another is replaced.</summary>
    /// <returns>Null when there is no such token.</returns>
    public Task<PairedDevice?> BindAsync(string deviceId, string role, string generation, CancellationToken ct) => ChangeTokenAsync(
        deviceId,
        role,
        token => token.SecretGeneration is null
            ? token with { SecretGeneration = generation }
            : token with { Value = Grants.NewSecret(), RotatedAtMs = NowMs(), SecretGeneration = generation },
        ct);

    /// <summary>Ends a device's token for a role.</summary>
    /// <returns>Null when there is no such token.</returns>
    public Task<PairedDevice?> RevokeAsync(string deviceId, string role, CancellationToken ct) =>
        ChangeTokenAsync(deviceId, role, token => token with { RevokedAtMs = NowMs() }, ct);

    private async Task<PairedDevice?> ChangeTokenAsync(string deviceId, string role, Func<DeviceToken, DeviceToken> change, CancellationToken ct)
    {
        PairedDevice? changed = null;
        await devices.UpdateAsync(
            book =>
            {
                if (book.Devices.GetValueOrDefault(deviceId) is not { } device || device.Tokens.All(token => token.Role != role))
                {
                    return book;
                }

                changed = device with { Tokens = [.. device.Tokens.Select(token => token.Role == role ? change(token) : token)] };
                return book.With(changed);
            },
            ct);
        return changed;
    }

    private static string? ReasonToAsk(PairedDevice? device, PairingRequest request)
    {
        if (device is null || device.PublicKey != request.PublicKey)
        {
            return PairingReason.Unknown;
        }

        if (device.TokenFor(request.Role) is not { } token || (token.NeedsIdentity && !request.NeedsIdentity))
        {
            return PairingReason.Role;
        }

        return !DeviceScopes.Cover(token.Scopes, request.Scopes) ? PairingReason.Scopes
            : !DevicePlatform.IsSame(device, request) ? PairingReason.Metadata
            : null;
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
