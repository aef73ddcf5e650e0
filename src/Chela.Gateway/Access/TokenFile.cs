using System.Security.Cryptography;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Access;

/// <summary>The token that the gateway makes for itself when nobody configured one.</summary>
internal static class TokenFile
{
    private const int TokenBytes = 32;

    /// <summary>A new token; nobody can guess it.</summary>
    public static string Make() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>Reads the token, or makes a random one (mode 0600) at first start.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <exception cref="InvalidDataException">The file holds something that cannot be a token.</exception>
    public static async Task<string> ReadOrCreateAsync(string path, CancellationToken ct)
    {
        if (File.Exists(path))
        {
            var token = (await File.ReadAllTextAsync(path, ct)).Trim();
            return SecretRule.Refusal(token) is { } refusal
                ? throw new InvalidDataException($"the token in {path} {refusal}; delete the file to have one made")
                : token;
        }

        var made = Make();
        await new DocumentFile(path).WriteAsync(System.Text.Encoding.ASCII.GetBytes(made + "\n"), ct);
        return made;
    }
}
