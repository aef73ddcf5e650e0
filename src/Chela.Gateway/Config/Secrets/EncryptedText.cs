using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Chela.Gateway.Config.Secrets;

/// <summary>
/// Texts as <c>enc:v1:…</c>: AES-256-GCM with a random nonce, nonce, tag and cipher text in Base64 for addresses. The place in the file is not bound to the
/// value, so that settings can be moved; only settings that are never shown may be encrypted.
/// </summary>
internal static partial class EncryptedText
{
    public const string Prefix = "enc:v1:";

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private static readonly byte[] Purpose = Encoding.UTF8.GetBytes($"chela {Prefix}");

    /// <summary>True for a text that says of itself that it is encrypted.</summary>
    public static bool IsOne(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    public static string Seal(string text, byte[] key)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var all = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(all.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(all.AsSpan(0, NonceBytes), plain, all.AsSpan(NonceBytes + TagBytes), all.AsSpan(NonceBytes, TagBytes), Purpose);
        return Prefix + Base64Url.EncodeToString(all);
    }

    /// <summary>What it says; null where the key does not open it, or it was changed.</summary>
    public static string? Open(string sealedText, byte[] key)
    {
        if (!IsOne(sealedText) || !Base64Url.IsValid(sealedText.AsSpan(Prefix.Length), out var length) || length < NonceBytes + TagBytes)
        {
            return null;
        }

        var all = Base64Url.DecodeFromChars(sealedText.AsSpan(Prefix.Length));
        var plain = new byte[all.Length - NonceBytes - TagBytes];
        try
        {
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(all.AsSpan(0, NonceBytes), all.AsSpan(NonceBytes + TagBytes), all.AsSpan(NonceBytes, TagBytes), plain, Purpose);
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>A text of a file in which other ones stand in place of all encrypted ones.</summary>
    public static string Replace(string text, Func<string, string> other) => Encrypted().Replace(text, match => other(match.Value));

    [GeneratedRegex("enc:v1:[A-Za-z0-9_-]+={0,2}")]
    private static partial Regex Encrypted();
}
