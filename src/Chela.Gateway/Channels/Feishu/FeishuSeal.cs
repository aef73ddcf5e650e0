using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>How what Feishu posts shows where it is from: signed and encrypted with the Encrypt Key, and with the Verification Token inside. Pure.</summary>
internal static class FeishuSeal
{
    public const string TimestampHeader = "X-Lark-Request-Timestamp", NonceHeader = "X-Lark-Request-Nonce", SignatureHeader = "X-Lark-Signature";

    /// <summary>How far the time of a signature may be from the clock of the gateway.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private const int BlockBytes = 16;

    /// <summary>True where the body is signed with the key, not long ago.</summary>
    public static bool IsSigned(string key, IHeaderDictionary headers, byte[] body, DateTimeOffset now)
    {
        var (timestamp, nonce) = (headers[TimestampHeader].ToString(), headers[NonceHeader].ToString());
        return IsSame(Sign(key, timestamp, nonce, body), headers[SignatureHeader].ToString())
            && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(now.ToUnixTimeSeconds() - (double)seconds) <= Window.TotalSeconds;
    }

    /// <summary>SHA-256 of timestamp, nonce, key and body, in hexadecimal digits.</summary>
    public static string Sign(string key, string timestamp, string nonce, byte[] body) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(timestamp + nonce + key), .. body]));

    /// <summary>The event in a body; null where the key does not open it.</summary>
    public static (FeishuEvent Event, byte[] Json)? Open(string key, byte[] body)
    {
        try
        {
            var sealedBytes = Convert.FromBase64String(JsonSerializer.Deserialize(body, FeishuJson.Default.FeishuSealed)!.Encrypt);
            using var aes = Aes.Create();
            aes.Key = SHA256.HashData(Encoding.UTF8.GetBytes(key));
            var json = aes.DecryptCbc(sealedBytes.AsSpan(Math.Min(BlockBytes, sealedBytes.Length)), sealedBytes.AsSpan(0, Math.Min(BlockBytes, sealedBytes.Length)));
            return JsonSerializer.Deserialize(json, FeishuJson.Default.FeishuEvent) is { } read ? (read, json) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Compares in a time that tells nothing.</summary>
    public static bool IsSame(string expected, string? shown) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(shown ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
