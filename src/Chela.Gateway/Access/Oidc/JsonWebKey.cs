using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Chela.Gateway.Access.Oidc;

/// <summary>A public key of the identity provider (RFC 7517). The algorithm must fit the key, whatever a token says of it.</summary>
internal sealed class JsonWebKey
{
    private const int MinRsaBytes = 256;
    private const int MaxRsaBytes = 1024;

    private readonly string? _algorithm;
    private readonly string? _curve;
    private readonly RSAParameters _rsa;
    private readonly ECParameters _ec;

    private JsonWebKey(string? id, string? algorithm, RSAParameters rsa)
    {
        Id = id;
        _algorithm = algorithm;
        _rsa = rsa;
    }

    private JsonWebKey(string? id, string? algorithm, string curve, ECParameters ec)
    {
        Id = id;
        _algorithm = algorithm;
        _curve = curve;
        _ec = ec;
    }

    /// <summary>The key's name; null when it has none.</summary>
    public string? Id { get; }

    /// <summary>The keys of a set that can verify signatures; others, and unreadable ones, are left out.</summary>
    public static IReadOnlyList<JsonWebKey> ReadSet(JsonElement set, int maxKeys) =>
        set.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray().Take(maxKeys).Select(Read).OfType<JsonWebKey>()]
            : [];

    /// <summary>True when the key is of the algorithm's kind.</summary>
    public bool Fits(JwtAlgorithm algorithm) =>
        algorithm.Curve == _curve && (_algorithm is null || _algorithm == algorithm.Name);

    /// <summary>True when the signature is this key's.</summary>
    public bool Verifies(JwtAlgorithm algorithm, byte[] signed, byte[] signature)
    {
        if (algorithm.Padding is { } padding)
        {
            using var rsa = RSA.Create(_rsa);
            return rsa.VerifyData(signed, signature, algorithm.Hash, padding);
        }

        using var ec = ECDsa.Create(_ec);
        return ec.VerifyData(signed, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static JsonWebKey? Read(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object || Jwt.Text(key, "use") is not (null or "sig"))
        {
            return null;
        }

        try
        {
            return Jwt.Text(key, "kty") switch
            {
                "RSA" => ReadRsa(key),
                "EC" => ReadEc(key),
                _ => null,
            };
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }

    private static JsonWebKey? ReadRsa(JsonElement key)
    {
        var parameters = new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") };
        return parameters.Modulus.Length is >= MinRsaBytes and <= MaxRsaBytes && parameters.Exponent.Length is > 0 and <= 8
            ? new JsonWebKey(Jwt.Text(key, "kid"), Jwt.Text(key, "alg"), parameters)
            : null;
    }

    private static JsonWebKey? ReadEc(JsonElement key)
    {
        var name = Jwt.Text(key, "crv");
        ECCurve? curve = name switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            "P-521" => ECCurve.NamedCurves.nistP521,
            _ => null,
        };
        if (curve is not { } known)
        {
            return null;
        }

        var parameters = new ECParameters { Curve = known, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } };
        using var check = ECDsa.Create(parameters); // refuses a point that is not on the curve
        return new JsonWebKey(Jwt.Text(key, "kid"), Jwt.Text(key, "alg"), name!, parameters);
    }

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(Jwt.Text(key, name) ?? "");
}
