using System.Globalization;

namespace Chela.Gateway.Access.Devices;

/// <summary>Why a device's proof does not hold, in the protocol's words.</summary>
internal sealed record ProofFailure(string Code, string Reason, string Message);

/// <summary>Checks a device's proof, in the protocol's order (02-handshake § 6).</summary>
internal static class DeviceProof
{
    /// <summary>How far the device's clock may be from ours, in milliseconds; protocol 3 allowed more.</summary>
    public const long MaxSkewMs = 120_000;

    /// <summary>The same for clients that speak protocol 3 only.</summary>
    public const long MaxSkewMsOfProtocol3 = 600_000;

    /// <param name="claim">What the device shows.</param>
    /// <param name="connect">What it signed besides.</param>
    /// <param name="challenge">The nonce that this connection was given.</param>
    /// <param name="nowMs">Our clock, Unix milliseconds.</param>
    /// <param name="isOldAndLocal">A loopback client of protocol 3: it may sign without a nonce.</param>
    /// <returns>Null when the proof holds.</returns>
    public static ProofFailure? Check(DeviceClaim claim, SignedConnect connect, string challenge, long nowMs, bool isProtocol3, bool isOldAndLocal)
    {
        // A key that cannot be read is nobody's. So what the protocol's last row says of keys is never said here.
        if (!DeviceKey.TryParse(claim.PublicKey, out var key) || key.DeviceId != claim.DeviceId)
        {
            return new("DEVICE_AUTH_DEVICE_ID_MISMATCH", "device-id-mismatch", "device identity mismatch");
        }

        // Written so that no number of a client can overflow.
        var skew = isProtocol3 ? MaxSkewMsOfProtocol3 : MaxSkewMs;
        if (claim.SignedAtMs < nowMs - skew || claim.SignedAtMs > nowMs + skew)
        {
            return new("DEVICE_AUTH_SIGNATURE_EXPIRED", "device-signature-stale", "device signature expired");
        }

        if (string.IsNullOrEmpty(claim.Nonce) && !isOldAndLocal)
        {
            return new("DEVICE_AUTH_NONCE_REQUIRED", "device-nonce-missing", "device nonce required");
        }

        if (!string.IsNullOrEmpty(claim.Nonce) && claim.Nonce != challenge)
        {
            return new("DEVICE_AUTH_NONCE_MISMATCH", "device-nonce-mismatch", "device nonce mismatch");
        }

        return Texts(claim, connect).Any(text => key.Verifies(text, claim.Signature))
            ? null
            : new("DEVICE_AUTH_SIGNATURE_INVALID", "device-signature", "device signature invalid");
    }

    /// <summary>The texts that may have been signed, newest form first.</summary>
    private static IEnumerable<string> Texts(DeviceClaim claim, SignedConnect connect)
    {
        var common = string.Join(
            '|',
            claim.DeviceId,
            connect.ClientId,
            connect.ClientMode,
            connect.Role,
            string.Join(',', connect.Scopes),
            claim.SignedAtMs.ToString(CultureInfo.InvariantCulture),
            connect.Token);
        if (string.IsNullOrEmpty(claim.Nonce))
        {
            yield return $"v1|{common}";
            yield break;
        }

        yield return $"v3|{common}|{claim.Nonce}|{Normal(connect.Platform)}|{Normal(connect.DeviceFamily)}";
        yield return $"v2|{common}|{claim.Nonce}";
    }

    private static string Normal(string? text) => text?.Trim().ToLowerInvariant() ?? "";
}
