namespace Chela.Gateway.Access.Devices;

/// <summary>What a device shows to prove who it is (02-handshake § 6).</summary>
/// <param name="DeviceId">Lower-case hex of the SHA-256 of the raw public key.</param>
/// <param name="PublicKey">The raw Ed25519 key in base64url without padding, or its PEM.</param>
/// <param name="Signature">Of the signed text, base64url.</param>
/// <param name="SignedAtMs">The device's clock, Unix milliseconds.</param>
/// <param name="Nonce">The gateway's challenge; null from devices of protocol 3 that sign none.</param>
internal sealed record DeviceClaim(string DeviceId, string PublicKey, string Signature, long SignedAtMs, string? Nonce);

/// <summary>What the device signs besides: the fields of its <c>connect</c>.</summary>
/// <param name="Scopes">As sent, in the order sent.</param>
/// <param name="Token">The first of token, device token and bootstrap token; empty when there is none.</param>
internal sealed record SignedConnect(
    string ClientId, string ClientMode, string Role, IReadOnlyList<string> Scopes, string Token, string? Platform, string? DeviceFamily);
