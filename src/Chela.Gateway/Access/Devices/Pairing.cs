using System.Buffers.Text;
using System.Security.Cryptography;
using Chela.Contracts.Access;

namespace Chela.Gateway.Access.Devices;

/// <summary>What a proven device asks for.</summary>
/// <param name="Request">The request as it would wait.</param>
/// <param name="IsLocal">The device connects from this machine directly, and from no browser page.</param>
/// <param name="HasSharedSecret">It also showed the gateway's own secret.</param>
internal sealed record PairingCall(PairingRequest Request, bool IsLocal, bool HasSharedSecret);

/// <summary>The answer: admitted, or waiting for somebody's approval.</summary>
/// <param name="Device">The device when it is admitted.</param>
/// <param name="Waiting">The request when it is not.</param>
/// <param name="Reason">Why it has to wait: <c>not-paired</c>, <c>role-upgrade</c>, <c>scope-upgrade</c>, <c>metadata-upgrade</c>.</param>
/// <param name="IsNew">True when nobody has been told of the request yet.</param>
/// <param name="Replaced">An older request that this one replaced.</param>
internal sealed record PairingAnswer(PairedDevice? Device, PairingRequest? Waiting, string Reason, bool IsNew, PairingRequest? Replaced);

/// <summary>Decides which devices may connect as what (02-handshake § 9).</summary>
internal sealed class Pairing(DeviceTable devices, PairingRequests requests, TimeProvider time)
{
    private const int TokenBytes = 32;

    /// <summary>Admits a proven device, at once or silently, or makes it wait.</summary>
    public async Task<PairingAnswer> AskAsync(PairingCall call, CancellationToken ct)
    {
        var device = devices.Find(call.Request.DeviceId);
        var reason = ReasonToAsk(device, call.Request);
        if (reason is null)
        {
            devices.Seen(device!.DeviceId, NowMs());
            return new PairingAnswer(device, null, "", false, null);
        }

        if (call is { IsLocal: true, HasSharedSecret: true })
        {
            return new PairingAnswer(await ApproveAsync(call.Request, "silent", ct), call.Request, reason, false, null);
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
        var admitted = await devices.ChangeAsync(request.DeviceId, present => Admit(present, request, via, nowMs), ct);
        return admitted!;
    }

    /// <summary>Gives a device a new token for a role; the old one is of no use from then on.</summary>
    /// <returns>Null when the device does not exist or never had the role.</returns>
    public Task<PairedDevice?> RotateAsync(string deviceId, string role, IReadOnlyList<string>? scopes, CancellationToken ct) =>
        ChangeTokenAsync(deviceId, role, token => NewToken(role, scopes ?? token.Scopes, token.CreatedAtMs) with { RotatedAtMs = NowMs() }, ct);

    /// <summary>Ends a device's token for a role.</summary>
    /// <returns>Null when there is no such token.</returns>
    public Task<PairedDevice?> RevokeAsync(string deviceId, string role, CancellationToken ct) =>
        ChangeTokenAsync(deviceId, role, token => token with { RevokedAtMs = NowMs() }, ct);

    private async Task<PairedDevice?> ChangeTokenAsync(string deviceId, string role, Func<DeviceToken, DeviceToken> change, CancellationToken ct)
    {
        if (devices.Find(deviceId)?.Tokens.Any(token => token.Role == role) != true)
        {
            return null;
        }

        return await devices.ChangeAsync(
            deviceId,
            device => device! with { Tokens = [.. device.Tokens.Select(token => token.Role == role ? change(token) : token)] },
            ct);
    }

    private static string? ReasonToAsk(PairedDevice? device, PairingRequest request)
    {
        if (device is null || device.PublicKey != request.PublicKey)
        {
            return "not-paired";
        }

        if (device.TokenFor(request.Role) is not { } token)
        {
            return "role-upgrade";
        }

        var approved = ScopeNames.WithIncluded(Scopes(token.Scopes));
        var asked = Scopes(request.Scopes);
        return (approved & asked) != asked ? "scope-upgrade"
            : !IsSameMachine(device, request) ? "metadata-upgrade"
            : null;
    }

    private static PairedDevice Admit(PairedDevice? present, PairingRequest request, string via, long nowMs)
    {
        var device = present ?? new PairedDevice(request.DeviceId, request.PublicKey, nowMs, nowMs);
        var scopes = request.Scopes.Union(present?.TokenFor(request.Role)?.Scopes ?? []).ToList();
        var token = device.TokenFor(request.Role) is { } old ? old with { Scopes = scopes } : NewToken(request.Role, scopes, nowMs);
        return device with
        {
            ApprovedAtMs = nowMs,
            ApprovedVia = via,
            LastSeenAtMs = nowMs,
            DisplayName = request.DisplayName ?? device.DisplayName,
            Platform = request.Platform,
            DeviceFamily = request.DeviceFamily,
            ClientId = request.ClientId,
            ClientMode = request.ClientMode,
            RemoteIp = request.RemoteIp,
            Roles = [.. device.Roles.Union([request.Role])],
            Scopes = [.. device.Scopes.Union(scopes)],
            Tokens = [.. device.Tokens.Where(other => other.Role != request.Role), token],
        };
    }

    private static DeviceToken NewToken(string role, IReadOnlyList<string> scopes, long nowMs) =>
        new(role, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes)), scopes, nowMs);

    private static bool IsSameMachine(PairedDevice device, PairingRequest request) =>
        Platform(device.Platform) == Platform(request.Platform)
        && (device.DeviceFamily is null || string.Equals(device.DeviceFamily, request.DeviceFamily, StringComparison.OrdinalIgnoreCase));

    /// <summary>The names that the protocol's clients use for one platform (02-handshake § 9).</summary>
    private static string? Platform(string? name) => name?.Trim().ToLowerInvariant() switch
    {
        "darwin" or "macos" or "mac" => "macos",
        "win32" or "windows" => "windows",
        var other => other,
    };

    private static OperatorScopes Scopes(IEnumerable<string> names) =>
        names.Aggregate(OperatorScopes.None, (all, name) => ScopeNames.TryParse(name, out var scope) ? all | scope : all);

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
