using System.Security.Cryptography;
using System.Text;

namespace Chela.Gateway.Config.Secrets;

/// <summary>The keys that open encrypted values. The first one encrypts; the others open what was encrypted before it, while keys are changed.</summary>
internal sealed class SecretKeys
{
    /// <summary>The variable that holds the keys in place of a file.</summary>
    public const string Variable = "CHELA_SECRET_KEY";

    /// <summary>What a key has.</summary>
    public const int KeyBytes = 32;

    private const int MaxKeys = 64;

    private readonly IReadOnlyList<byte[]> _keys;

    private SecretKeys(IReadOnlyList<byte[]> keys) => _keys = keys;

    /// <summary>How many there are.</summary>
    public int Count => _keys.Count;

    /// <summary>All of them, as they are stored: one on a line.</summary>
    public byte[] Bytes => Encoding.ASCII.GetBytes(string.Concat(_keys.Select(key => $"{Convert.ToBase64String(key)}\n")));

    /// <summary>The first one alone.</summary>
    public SecretKeys First => new([_keys[0]]);

    /// <summary>Reads keys in Base64, one on a line or with commas between them; null where one of them is none.</summary>
    public static SecretKeys? Read(string text)
    {
        var words = text.Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var keys = new List<byte[]>();
        foreach (var word in words)
        {
            var key = new byte[KeyBytes];
            if (!Convert.TryFromBase64String(word, key, out var length) || length != KeyBytes)
            {
                return null;
            }

            keys.Add(key);
        }

        return keys.Count is > 0 and <= MaxKeys ? new SecretKeys(keys) : null;
    }

    /// <summary>A new key, and behind it those that there were.</summary>
    public static SecretKeys Make(SecretKeys? before = null) => new([RandomNumberGenerator.GetBytes(KeyBytes), .. before?._keys ?? []]);

    /// <summary>Encrypts under the first key.</summary>
    public string Seal(string text) => EncryptedText.Seal(text, _keys[0]);

    /// <summary>What an encrypted text says; null where no key opens it.</summary>
    public string? Open(string sealedText) => _keys.Select(key => EncryptedText.Open(sealedText, key)).FirstOrDefault(text => text is not null);

    /// <summary>Never shows a key.</summary>
    public override string ToString() => $"{nameof(SecretKeys)} ({Count})";
}
