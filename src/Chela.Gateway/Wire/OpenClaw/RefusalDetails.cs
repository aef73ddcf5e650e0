namespace Chela.Gateway.Wire.OpenClaw;

/// <summary>Why a <c>connect</c> was refused, for programs (02-handshake § 7.2).</summary>
internal sealed record RefusalDetails(string Code)
{
    public string? AuthReason { get; init; }

    public bool? CanRetryWithDeviceToken { get; init; }

    public string? RecommendedNextStep { get; init; }

    public string? Reason { get; init; }

    public string? RequestId { get; init; }

    public string? RemediationHint { get; init; }

    public string? DeviceId { get; init; }

    public string? RequestedRole { get; init; }

    public IReadOnlyList<string>? RequestedScopes { get; init; }

    public IReadOnlyList<string>? ApprovedRoles { get; init; }

    public IReadOnlyList<string>? ApprovedScopes { get; init; }

    public bool? Retryable { get; init; }

    public bool? PauseReconnect { get; init; }
}

/// <summary>Details of a refusal because the gateway is not ready.</summary>
internal sealed record StartDetails(string Reason);

/// <summary>Details of a refusal because of the protocol range.</summary>
internal sealed record ProtocolMismatch(
    string Code, int ClientMinProtocol, int ClientMaxProtocol, int ExpectedProtocol, int MinimumProbeProtocol);
