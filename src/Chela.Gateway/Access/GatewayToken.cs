using System.Security.Cryptography;
using System.Text;

namespace Chela.Gateway.Access;

/// <summary>The shared secret. Only its hash is kept, and it is compared in constant time.</summary>
internal sealed class GatewayToken(string token)
{
    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>True when the text is the token.</summary>
    public bool Matches(string shown) => CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(shown)));
}
