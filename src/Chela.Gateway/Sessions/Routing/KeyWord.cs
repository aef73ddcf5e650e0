using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Chela.Gateway.Sessions.Routing;

/// <summary>
/// Ids of channels, which may hold anything, as words of session keys: two ids never give the same word, and no word ends a part of the key,
/// changes with the case of letters, or is longer than <see cref="MaxLength"/>.
/// </summary>
internal static class KeyWord
{
    public const int MaxLength = 128;

    private const char Escape = '%';
    private const char Digest = '~';
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._@+=-");

    /// <summary>
    /// The id itself where it is short and plain. Else each character that is not plain is a percent sign and its code in four hexadecimal digits;
    /// what is empty or gets too long that way is <see cref="DigestOf"/>.
    /// </summary>
    public static string Of(string id)
    {
        if (id.Length is 0 or > MaxLength)
        {
            return DigestOf(id);
        }

        if (!id.AsSpan().ContainsAnyExcept(Plain))
        {
            return id;
        }

        var word = new StringBuilder(MaxLength);
        foreach (var character in id)
        {
            _ = Plain.Contains(character) ? word.Append(character) : word.Append(CultureInfo.InvariantCulture, $"{Escape}{(int)character:x4}");
        }

        return word.Length <= MaxLength ? word.ToString() : DigestOf(id);
    }

    /// <summary>A tilde and the SHA-256 of the id: no other word begins so.</summary>
    public static string DigestOf(string id) => Digest + Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(id.AsSpan())));
}
