using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chela.Client;

/// <summary>Decides whether a gateway that speaks TLS is the one that is meant.</summary>
/// <param name="expected">The fingerprint of its certificate, with which no authority is needed; null to trust authorities.</param>
internal sealed class ServerCertificate(string? expected)
{
    private string? _refusedFingerprint;

    /// <summary>Why the certificate was refused, and what to do; null when it was not.</summary>
    public string? Refusal => _refusedFingerprint is not { } shown ? null
        : expected is null ? $"no authority that this machine knows vouches for its certificate (SHA-256 {shown}); if that is the fingerprint which the gateway printed, give it (--tls-fingerprint, CHELA_TLS_FINGERPRINT)"
        : $"its certificate has another fingerprint (SHA-256 {shown}) than the one that was given; either it was replaced or somebody stands in between";

    /// <summary>64 hexadecimal digits in lower case, however they were written; null for what is no SHA-256.</summary>
    public static string? Normalise(string fingerprint)
    {
        var digits = string.Concat(fingerprint.Where(char.IsAsciiHexDigit)).ToLowerInvariant();
        return digits.Length == 2 * SHA256.HashSizeInBytes ? digits : null;
    }

    /// <summary>True for the certificate that is meant.</summary>
    public bool Accept(X509Certificate? certificate, SslPolicyErrors errors)
    {
        var shown = certificate?.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        var isMeant = expected is null ? errors == SslPolicyErrors.None : shown == expected;
        _refusedFingerprint = isMeant ? null : shown ?? "none";
        return isMeant;
    }
}
