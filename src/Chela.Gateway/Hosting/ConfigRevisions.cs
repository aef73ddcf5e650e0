using System.Buffers.Text;
using System.Security.Cryptography;

namespace Chela.Gateway.Hosting;

/// <summary>Names the states of the configuration file for clients.</summary>
internal sealed class ConfigRevisions
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Another one for another text of the file, and after a restart. Keyed, because what is hashed holds secrets.</summary>
    public string OfText(byte[]? text) => $"hmac-sha256:v1:{Base64Url.EncodeToString(HMACSHA256.HashData(_key, text ?? []))}";
}
