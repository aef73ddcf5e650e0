using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Chela.Gateway.Channels.Webhook;

/// <summary>
/// The signature of a request: <c>v1=</c> and HMAC-SHA256, in hexadecimal digits, over the timestamp, a dot and the body as it is sent. The
/// same in both directions.
/// </summary>
internal static class WebhookSignature
{
    public const string Header = "X-Chela-Signature";

    public const string TimestampHeader = "X-Chela-Timestamp";

    private const string Version = "v1=";

    /// <summary>How old a request may be, or how far its clock ahead: what is recorded on the way is of no use later.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>The value of the header.</summary>
    public static string Of(string secret, string timestamp, ReadOnlySpan<byte> body) => Version + Convert.ToHexStringLower(Digest(secret, timestamp, body));

    /// <summary>True for the signature of this body, at whatever time. Takes as long for a wrong one as for a right one.</summary>
    public static bool IsValid(string secret, string timestamp, ReadOnlySpan<byte> body, string signature)
    {
        Span<byte> shown = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var isReadable = signature.StartsWith(Version, StringComparison.Ordinal)
            && signature.Length == Version.Length + (2 * shown.Length)
            && Convert.FromHexString(signature.AsSpan(Version.Length), shown, out _, out _) == System.Buffers.OperationStatus.Done;
        return CryptographicOperations.FixedTimeEquals(shown, Digest(secret, timestamp, body)) && isReadable;
    }

    /// <summary>True for a time in whole Unix seconds within the window around now.</summary>
    public static bool IsFresh(string timestamp, DateTimeOffset now) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) <= (decimal)Window.TotalSeconds;

    private static byte[] Digest(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(timestamp));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}
