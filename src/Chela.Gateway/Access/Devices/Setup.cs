using System.Security.Cryptography;
using System.Text;

namespace Chela.Gateway.Access.Devices;

/// <summary>A setup code that was given out. Of its token only the hash is kept, so that the file opens nothing.</summary>
/// <param name="SetupId">Names it without its secret.</param>
/// <param name="TokenHash">Lower-case hex of the SHA-256 of the token.</param>
/// <param name="Profile">The name of what it gives.</param>
internal sealed record Setup(string SetupId, string TokenHash, string Profile, long CreatedAtMs, long ExpiresAtMs)
{
    /// <summary>Who used it; null while nobody has.</summary>
    public SetupUse? Use { get; init; }

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>True when this is the code's token and it is still of use; compared in constant time.</summary>
    public bool Opens(string token, long nowMs) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(TokenHash), Encoding.ASCII.GetBytes(HashOf(token)))
        && Use is null
        && nowMs < ExpiresAtMs;
}

/// <summary>The one device that used a setup code.</summary>
internal sealed record SetupUse(string DeviceId, long AtMs)
{
    public string? DeviceName { get; init; }
}
