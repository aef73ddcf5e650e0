using System.Security.Cryptography;

namespace Chela.Gateway.Access.Oidc;

/// <summary>A way to sign with a private key. There is no entry for <c>none</c> nor for shared keys (HS…): a public key must never be taken for a secret.</summary>
/// <param name="Name">As a token's header has it.</param>
/// <param name="Hash">What is signed.</param>
/// <param name="Padding">Of RSA; null for elliptic curves.</param>
/// <param name="Curve">The one curve of an elliptic algorithm; null for RSA.</param>
internal sealed record JwtAlgorithm(string Name, HashAlgorithmName Hash, RSASignaturePadding? Padding, string? Curve)
{
    private static readonly JwtAlgorithm[] All =
    [
        new("RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, null),
        new("RS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1, null),
        new("RS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1, null),
        new("PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss, null),
        new("PS384", HashAlgorithmName.SHA384, RSASignaturePadding.Pss, null),
        new("PS512", HashAlgorithmName.SHA512, RSASignaturePadding.Pss, null),
        new("ES256", HashAlgorithmName.SHA256, null, "P-256"),
        new("ES384", HashAlgorithmName.SHA384, null, "P-384"),
        new("ES512", HashAlgorithmName.SHA512, null, "P-521"),
    ];

    /// <summary>The algorithm of that name; null for one that is not served.</summary>
    public static JwtAlgorithm? Find(string name) => Array.Find(All, algorithm => algorithm.Name == name);
}
