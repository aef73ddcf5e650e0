using System.Text.Json;

namespace Chela.Gateway.Access.Oidc;

/// <summary>What a token says whose signature is good.</summary>
internal sealed class OidcClaims(JsonElement claims)
{
    private const int MaxUserLength = 256;
    private const int MaxRoles = 1_000;

    /// <summary>Who made it.</summary>
    public string? Issuer => Jwt.Text(claims, "iss");

    /// <summary>Whom it was made for: one, or several.</summary>
    public IReadOnlyList<string> Audiences => Texts(Find("aud"), separator: null);

    /// <summary>When it ends; null when it does not say.</summary>
    public DateTimeOffset? Expires => Instant("exp");

    /// <summary>When it begins; the end of time when that is no time at all, null when it does not say.</summary>
    public DateTimeOffset? NotBefore => claims.TryGetProperty("nbf", out _) ? Instant("nbf") ?? DateTimeOffset.MaxValue : null;

    /// <summary>The user; null when there is none, or a name that is unreasonable.</summary>
    public string? User(string claim) =>
        Find(claim) is { } value && Jwt.Text(value) is { Length: > 0 and <= MaxUserLength } user && !user.Any(char.IsControl)
            ? user
            : null;

    /// <summary>The roles: a list of texts, or one text with spaces between them.</summary>
    public IReadOnlyList<string> Roles(string claim) => Texts(Find(claim), ' ');

    /// <summary>The claim of that very name, else what the dots lead to: <c>realm_access.roles</c>.</summary>
    private JsonElement? Find(string claim)
    {
        if (claims.TryGetProperty(claim, out var direct))
        {
            return direct;
        }

        var at = claims;
        foreach (var step in claim.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at))
            {
                return null;
            }
        }

        return at;
    }

    private static string[] Texts(JsonElement? value, char? separator)
    {
        if (value is { ValueKind: JsonValueKind.Array } list)
        {
            return [.. list.EnumerateArray().Take(MaxRoles).Select(Jwt.Text).OfType<string>()];
        }

        var text = value is { } one ? Jwt.Text(one) : null;
        return text is null ? []
            : separator is { } between ? text.Split(between, StringSplitOptions.RemoveEmptyEntries)
            : [text];
    }

    /// <summary>Seconds since 1970, with or without a fraction; null for what is no time.</summary>
    private DateTimeOffset? Instant(string claim) =>
        claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds)
        && seconds is >= 0 and < 100_000_000_000
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;
}
