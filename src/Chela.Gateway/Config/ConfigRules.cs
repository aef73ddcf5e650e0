using System.Net;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Config;

/// <summary>Which addresses the gateway can be told to listen on.</summary>
internal static class BindRule
{
    /// <summary>The name of the addresses that only this machine reaches.</summary>
    public const string Loopback = "loopback";

    /// <summary>Why a value cannot be used; null where it can.</summary>
    public static string? Refusal(string value) => value switch
    {
        Loopback => null,
        "lan" or "tailnet" or "auto" or "custom" => $"'{value}' is not supported yet; use '{Loopback}' or an IP address",
        _ when IPAddress.TryParse(value, out _) || Uri.CheckHostName(value) == UriHostNameType.Dns => null,
        _ => $"must be '{Loopback}', an IP address or a host name",
    };
}

/// <summary>What the main session can be called.</summary>
internal static class MainKeyRule
{
    /// <summary>Why a value cannot be used; null where it can.</summary>
    public static string? Refusal(string value) =>
        SessionKey.TryParse($"agent:{SessionKey.DefaultAgent}:{value}", out _, out var problem) ? null : problem;
}

/// <summary>Where a provider of models can be reached.</summary>
internal static class AddressRule
{
    /// <summary>Why a value cannot be used; null where it can.</summary>
    public static string? Refusal(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? null
            : "must be an address that begins with http:// or https://";
}

/// <summary>
/// Which texts are no secret. A blank token, the word "undefined" of a broken script or the placeholder of a copied example
/// would open the gateway to whoever guesses it, so they refuse the start.
/// </summary>
internal static class SecretRule
{
    public const int MinLength = 16;

    /// <summary>Why a value cannot be used; null where it can. Never repeats the value.</summary>
    public static string? Refusal(string value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return "is blank; remove it, or give a secret";
        }

        if (IsPlaceholder(value.Trim()))
        {
            return "is a placeholder, not a secret";
        }

        if (value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            return "must not hold white space";
        }

        return value.Length < MinLength ? $"is too short; a secret has at least {MinLength} characters" : null;
    }

    private static bool IsPlaceholder(string value)
    {
        var letters = string.Concat(value.Where(char.IsLetter)).ToUpperInvariant();
        return letters is "UNDEFINED" or "NULL" or "NONE" or "NIL" or "NAN" or "TODO" or "PASSWORD" or "TOKEN" or "SECRET"
            || letters.Contains("CHANGEME", StringComparison.Ordinal)
            || letters.Contains("REPLACEME", StringComparison.Ordinal)
            || (letters.StartsWith("YOUR", StringComparison.Ordinal) && letters.EndsWith("HERE", StringComparison.Ordinal))
            || value is ['<', .., '>'] or ['[', .., ']'] or ['{', .., '}'] or ['$', ..]
            || value.Distinct().Count() == 1;
    }
}
