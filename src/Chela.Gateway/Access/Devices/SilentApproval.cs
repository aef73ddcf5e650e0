using System.Net;
using Chela.Gateway.Config;

namespace Chela.Gateway.Access.Devices;

/// <summary>
/// Which devices are let in without a person's decision (02-handshake § 9): those that connect from this machine itself, and new nodes
/// from networks that somebody named. All have shown a credential; a browser page is never among them.
/// </summary>
internal static class SilentApproval
{
    private static readonly string[] NativeApps = ["openclaw-macos", "openclaw-linux", "openclaw-ios", "openclaw-watchos", "openclaw-android"];

    /// <param name="call">Who asks; a browser page is never local.</param>
    /// <param name="reason">Why a decision is needed: a <see cref="PairingReason"/>.</param>
    /// <param name="rules">The settings <c>gateway.nodes.pairing</c>.</param>
    public static bool Allows(PairingCall call, string reason, NodePairingConfig rules) =>
        (rules.AutoApproveLocal && IsLocal(call, reason)) || (reason == PairingReason.Unknown && IsFromNetwork(call, rules.AutoApproveCidrs));

    private static bool IsLocal(PairingCall call, string reason) => call.IsLocal && reason switch
    {
        // A device's own token must not become a way to more scopes, so these need the gateway's secret, or that it wants none.
        PairingReason.Scopes => IsShared(call.Method),
        PairingReason.Metadata => IsShared(call.Method) || NativeApps.Contains(call.Request.ClientId),
        _ => true,
    };

    private static bool IsFromNetwork(PairingCall call, IReadOnlyList<string> networks) =>
        call.Request is { Role: "node", BrowserOrigin: null, RemoteIp: { } address }
        && IPAddress.TryParse(address, out var ip)
        && networks.Any(network => AddressRange.TryParse(network, out var range) && range.Contains(ip));

    private static bool IsShared(string method) => method is "token" or "password" or "none";
}

/// <summary>Why a device needs a decision, in the protocol's words.</summary>
internal static class PairingReason
{
    /// <summary>Nobody knows the device.</summary>
    public const string Unknown = "not-paired";

    /// <summary>It was not approved for this role.</summary>
    public const string Role = "role-upgrade";

    /// <summary>It asks for more than was approved.</summary>
    public const string Scopes = "scope-upgrade";

    /// <summary>It says that it runs on another platform.</summary>
    public const string Metadata = "metadata-upgrade";
}
