using System.Buffers.Text;
using System.Security.Cryptography;

namespace Chela.Gateway.Access.Devices;

/// <summary>What a device is given: a role, and the scopes it has there.</summary>
internal sealed record Grant(string Role, IReadOnlyList<string> Scopes);

/// <summary>Makes of a request and a decision the device as it is from then on.</summary>
internal static class Grants
{
    private const int TokenBytes = 32;

    /// <summary>A new credential; nobody can guess it.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>Admits a device: what it had stays, what it is granted is added.</summary>
    /// <param name="present">The device until now; null when it is new.</param>
    /// <param name="request">What it says of itself.</param>
    /// <param name="grants">What it is given.</param>
    /// <param name="via"><c>silent</c>, <c>operator</c> or <c>setup-code</c>.</param>
    public static PairedDevice Admit(PairedDevice? present, PairingRequest request, IReadOnlyList<Grant> grants, string via, long nowMs)
    {
        var device = present ?? new PairedDevice(request.DeviceId, request.PublicKey, nowMs, nowMs);
        foreach (var grant in grants)
        {
            device = Add(device, grant, request.NeedsIdentity, nowMs);
        }

        return device with
        {
            ApprovedAtMs = nowMs,
            ApprovedVia = via,
            DisplayName = request.DisplayName ?? device.DisplayName,
            Platform = request.Platform,
            DeviceFamily = request.DeviceFamily,
            ClientId = request.ClientId,
            ClientMode = request.ClientMode,
            RemoteIp = request.RemoteIp,
        };
    }

    private static PairedDevice Add(PairedDevice device, Grant grant, bool needsIdentity, long nowMs)
    {
        // What somebody else's word was good for is nothing to build on for a token that opens by itself.
        var old = device.TokenFor(grant.Role) is { } token && (needsIdentity || !token.NeedsIdentity) ? token : null;
        IReadOnlyList<string> scopes = [.. (old?.Scopes ?? []).Union(grant.Scopes)];
        var added = old is not null ? old with { Scopes = scopes }
            : new DeviceToken(grant.Role, NewSecret(), scopes, nowMs) { NeedsIdentity = needsIdentity };
        return device with
        {
            Roles = [.. device.Roles.Union([grant.Role])],
            Scopes = [.. device.Scopes.Union(scopes)],
            Tokens = [.. device.Tokens.Where(other => other.Role != grant.Role), added],
        };
    }
}
