using Chela.Contracts.Access;
using Chela.Gateway.Access;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>Makes of a device's <c>connect</c> what it asks of those who admit devices.</summary>
internal static class DeviceRequest
{
    /// <summary>More of a name is not kept: it comes from a client and stays in a file.</summary>
    private const int LongestText = 256;

    public static PairingRequest Of(ConnectParams connect, LoginRequest request, CredentialVerdict shared, long nowMs)
    {
        var device = connect.Device!;
        var key = DeviceKey.TryParse(device.PublicKey, out var parsed) ? parsed.Text : device.PublicKey; // one spelling of each key
        var isNode = Admission.Role(connect) == CallerRole.Node;
        IReadOnlyList<string> scopes = isNode ? [] : Scopes(connect, request, shared);
        return new PairingRequest(Guid.NewGuid().ToString(), device.Id, key, isNode ? "node" : "operator", scopes, nowMs)
        {
            DisplayName = Cut(connect.Client.DisplayName),
            Platform = Cut(connect.Client.Platform),
            DeviceFamily = Cut(connect.Client.DeviceFamily),
            ClientId = connect.Client.Id,
            ClientMode = connect.Client.Mode,
            BrowserOrigin = Cut(request.Origin),
            RemoteIp = request.Address?.ToString(),
            Silent = request is { IsLocal: true, Origin: null },
            NeedsIdentity = shared.IsLimit,
        };
    }

    private static IReadOnlyList<string> Scopes(ConnectParams connect, LoginRequest request, CredentialVerdict shared)
    {
        var asked = Admission.Requested(connect);
        var limited = ScopeGrant.Limit(asked, shared, request.Headers);
        return limited == asked ? [.. (connect.Scopes ?? []).Where(name => ScopeNames.TryParse(name, out _)).Distinct()] : ScopeNames.Of(limited);
    }

    private static string? Cut(string? text) => text is { Length: > LongestText } ? text[..LongestText] : text;
}
