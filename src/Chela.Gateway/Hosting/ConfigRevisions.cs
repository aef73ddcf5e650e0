using System.Buffers.Text;
using System.Security.Cryptography;
using Chela.Gateway.Config.Includes;

namespace Chela.Gateway.Hosting;

/// <summary>Names the states of the configuration file for clients.</summary>
internal sealed class ConfigRevisions
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Another one for another text of any of the files, and after a restart. Keyed, because what is hashed holds secrets.</summary>
    public string Of(ConfigContent content)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(content.Text ?? []);
        foreach (var file in content.Included.All)
        {
            hash.AppendData(SHA256.HashData(file.Content ?? []));
        }

        return $"hmac-sha256:v1:{Base64Url.EncodeToString(hash.GetHashAndReset())}";
    }
}
