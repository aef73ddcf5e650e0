using Chela.Contracts.Errors;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>The answer to a device that has to wait for somebody's decision (02-handshake § 9).</summary>
internal static class PairingRefusal
{
    /// <param name="answer">What it waits for.</param>
    /// <param name="known">The device as it was approved; null when nobody knows it.</param>
    /// <param name="protocol">The version that it speaks; the older one has fewer words.</param>
    public static RpcException Of(PairingAnswer answer, PairedDevice? known, int protocol)
    {
        var waiting = answer.Waiting!;
        var why = answer.Reason switch
        {
            PairingReason.Role => "device asks for a role that was not approved",
            PairingReason.Scopes => "device asks for scopes that were not approved",
            PairingReason.Metadata => "device says that it runs on another platform than the one approved",
            _ => "device is not approved yet",
        };

        // Only a Control UI can be approved from elsewhere while its user looks at it, so it goes on trying by itself.
        var isExpected = waiting is { ClientId: "openclaw-control-ui", Role: "operator" };
        var message = protocol == Admission.OldestProtocol ? "pairing required" : $"pairing required: {why} (requestId: {waiting.RequestId})";
        return Admission.Refusal(RpcErrorKind.Unauthenticated, message, new RefusalDetails("PAIRING_REQUIRED")
        {
            Reason = answer.Reason,
            RequestId = waiting.RequestId,
            RemediationHint = $"Approve it on the gateway's machine with: chela devices approve {waiting.RequestId}",
            DeviceId = waiting.DeviceId,
            RequestedRole = waiting.Role,
            RequestedScopes = waiting.Scopes,
            ApprovedRoles = known?.Roles,
            ApprovedScopes = known?.Scopes,
            RecommendedNextStep = isExpected ? "wait_then_retry" : null,
            Retryable = isExpected ? true : null,
            PauseReconnect = isExpected ? false : null,
        });
    }
}
