using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Chela.Gateway.Access.Devices;

/// <summary>A device's Ed25519 public key. The framework has no Ed25519, hence the library.</summary>
internal sealed class DeviceKey
{
    private const int KeyBytes = 32;
    private const int SignatureBytes = 64;

    /// <summary>What stands before the key in its SubjectPublicKeyInfo (RFC 8410).</summary>
    private static readonly byte[] SpkiPrefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    private readonly byte[] _raw;

    private DeviceKey(byte[] raw) => _raw = raw;

    /// <summary>Base64url of the raw key, without padding.</summary>
    public string Text => Base64Url.EncodeToString(_raw);

    /// <summary>The identifier that belongs to the key.</summary>
    public string DeviceId => Convert.ToHexStringLower(SHA256.HashData(_raw));

    /// <summary>Reads a key: base64url of its 32 bytes, or a PEM.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DeviceKey? key)
    {
        var raw = text.Contains("BEGIN", StringComparison.Ordinal) ? RawOfPem(text) : Decode(text);
        key = raw is { Length: KeyBytes } ? new DeviceKey(raw) : null;
        return key is not null;
    }

    /// <summary>True when the signature is this key's over the UTF-8 bytes of the text.</summary>
    public bool Verifies(string text, string signature)
    {
        if (Decode(signature) is not { Length: SignatureBytes } bytes)
        {
            return false;
        }

        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, new Ed25519PublicKeyParameters(_raw, 0));
        var signed = Encoding.UTF8.GetBytes(text);
        verifier.BlockUpdate(signed, 0, signed.Length);
        return verifier.VerifySignature(bytes);
    }

    private static byte[]? RawOfPem(string pem)
    {
        try
        {
            var fields = PemEncoding.Find(pem);
            var spki = Convert.FromBase64String(pem[fields.Base64Data]);
            return spki.AsSpan().StartsWith(SpkiPrefix) ? spki[SpkiPrefix.Length..] : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static byte[]? Decode(string text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
