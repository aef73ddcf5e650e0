using System.Security.Cryptography;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Access;

/// <summary>The token that the gateway makes for itself when nobody configured one.</summary>
internal static class TokenFile
{
    private const int TokenBytes = 32;

    /// <summary>Reads the token, or makes a random one (mode 0600) at first start.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <exception cref="InvalidDataException">The file holds something that cannot be a token.</exception>
    public static async Task<string> ReadOrCreateAsync(string path, CancellationToken ct)
    {
        if (File.Exists(path))
        {
            var token = (await File.ReadAllTextAsync(path, ct)).Trim();
            return token.Length >= 16 && !token.Any(char.IsWhiteSpace)
                ? token
                : throw new InvalidDataException($"{path} holds no token of at least 16 characters; delete the file to have one made");
        }

        var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        await new DocumentFile(path).WriteAsync(System.Text.Encoding.ASCII.GetBytes(made + "\n"), ct);
        return made;
    }
}
