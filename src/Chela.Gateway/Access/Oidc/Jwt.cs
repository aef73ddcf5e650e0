using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Chela.Gateway.Access.Oidc;

/// <summary>A signed token as it came: read, bounded, and not yet believed.</summary>
/// <param name="Algorithm">What it says it is signed with.</param>
/// <param name="KeyId">Which key it says; null when it does not.</param>
/// <param name="Claims">What it says.</param>
/// <param name="Signed">The bytes under the signature.</param>
/// <param name="Signature">The signature.</param>
internal sealed record Jwt(string Algorithm, string? KeyId, JsonElement Claims, byte[] Signed, byte[] Signature)
{
    /// <summary>A longer text is not looked at.</summary>
    public const int MaxLength = 16 * 1024;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Reads the compact form of a signed token (RFC 7515). Encrypted ones, and extensions that must be understood, are refused.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out Jwt? token)
    {
        token = null;
        if (text.Length > MaxLength || text.Split('.') is not [var head, var body, var signature])
        {
            return false;
        }

        try
        {
            var header = Parse(head);
            if (header.TryGetProperty("crit", out _) || Text(header, "alg") is not { } algorithm)
            {
                return false;
            }

            token = new Jwt(algorithm, Text(header, "kid"), Parse(body), Encoding.ASCII.GetBytes($"{head}.{body}"), Base64Url.DecodeFromChars(signature));
            return true;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return false;
        }
    }

    /// <summary>A member that is a text; null for any other.</summary>
    public static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? Text(value) : null;

    /// <summary>The text that a value is; null for any other, and for half a surrogate pair, which is JSON and no text.</summary>
    public static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Reads a JSON object that others wrote.</summary>
    /// <exception cref="JsonException">It is none, nests too deeply, or says something twice.</exception>
    public static JsonElement ParseObject(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Reading);
        return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new JsonException("not an object");
    }

    private static JsonElement Parse(string part) => ParseObject(Base64Url.DecodeFromChars(part));
}
