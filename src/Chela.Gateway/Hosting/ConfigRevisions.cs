using System.Buffers.Text;
using System.Security.Cryptography;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting;

/// <summary>Names the states of the configuration for clients.</summary>
internal sealed class ConfigRevisions
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Another one for another configuration, and after a restart. Keyed, because what is hashed holds secrets.</summary>
    public string Of(ConfigSnapshot snapshot) =>
        $"hmac-sha256:v1:{Base64Url.EncodeToString(HMACSHA256.HashData(_key, Convert.FromHexString(snapshot.Hash)))}";
}
