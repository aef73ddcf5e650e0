using System.Net;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Config;

/// <summary>Which addresses the gateway can be told to listen on.</summary>
internal static class BindRule
{
    /// <summary>The name of the addresses that only this machine reaches.</summary>
    public const string Loopback = "loopback";

    /// <summary>The name of all IPv4 addresses of the machine.</summary>
    public const string Lan = "lan";

    /// <summary>The name of the machine's address in a Tailscale network, and of loopback.</summary>
    public const string Tailnet = "tailnet";

    /// <summary>Loopback where the machine has it, else as <see cref="Lan"/>.</summary>
    public const string Auto = "auto";

    /// <summary>The address in a key of its own, and loopback.</summary>
    public const string Custom = "custom";

    /// <summary>Why a value cannot be used; null where it can.</summary>
    public static string? Refusal(string value) =>
        value is Loopback or Lan or Tailnet or Auto or Custom || AddressRefusal(value) is null
            ? null
            : $"must be one of {Loopback}, {Lan}, {Tailnet}, {Auto}, {Custom}, an IP address or a host name";

    /// <summary>The same for a value that is none of the words.</summary>
    public static string? AddressRefusal(string value) =>
        IPAddress.TryParse(value, out _) || Uri.CheckHostName(value) == UriHostNameType.Dns ? null : "must be an IP address or a host name";
}

/// <summary>What names an address or a network.</summary>
internal static class AddressRangeRule
{
    /// <summary>Why a value cannot be used; null where it can.</summary>
    public static string? Refusal(string value) => AddressRange.TryParse(value, out _)
        ? null
        : "must be an IP address or a network such as 10.0.0.0/8, without bits behind the prefix";
}

/// <summary>What names the gateway in a Host header.</summary>
internal static class HostRule
{
    /// <summary>Why a value cannot be used; null where it can.</summary>
    public static string? Refusal(string value) =>
        Uri.CheckHostName(value.StartsWith("*.", StringComparison.Ordinal) ? value[2..] : value) == UriHostNameType.Dns
            ? null
            : "must be a host name without scheme and port, for example chat.example.org or *.example.org";
}

/// <summary>What names web pages by where they come from.</summary>
internal static class OriginRule
{
    /// <summary>Why a value cannot be used; null where it can.</summary>
    public static string? Refusal(string value) => value == "*" || (IsOrigin(value) && !value.EndsWith('/'))
        ? null
        : "must be * or an origin: scheme, host and, where it is not the usual one, port; for example https://chat.example.org";

    private static bool IsOrigin(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address)
        && address is { Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0, AbsolutePath: "/" or "" };
}

/// <summary>What the main session can be called.</summary>
internal static class MainKeyRule
{
    /// <summary>Why a value cannot be used; null where it can.</summary>
    public static string? Refusal(string value) =>
        SessionKey.TryParse($"agent:{SessionKey.DefaultAgent}:{value}", out _, out var problem) ? null : problem;
}

/// <summary>Where an agent can work.</summary>
internal static class WorkspaceRule
{
    /// <summary>What such a path is.</summary>
    public const string Form = "an absolute path";

    /// <summary>Why a value cannot be used; null where it can.</summary>
    public static string? Refusal(string value) => Path.IsPathFullyQualified(value) ? null : $"must be {Form}";
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

    public static bool IsPlaceholder(string value)
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

/// <summary>Which texts are no password. People type it, so it may be shorter than a token and hold spaces.</summary>
internal static class PasswordRule
{
    public const int MinLength = 12;

    /// <summary>Why a value cannot be used; null where it can. Never repeats the value.</summary>
    public static string? Refusal(string value) =>
        string.IsNullOrWhiteSpace(value) ? "is blank; remove it, or give a password"
        : SecretRule.IsPlaceholder(value.Trim()) ? "is a placeholder, not a password"
        : value != value.Trim() || value.Any(char.IsControl) ? "must not begin or end with white space, nor hold control characters"
        : value.Length < MinLength ? $"is too short; a password has at least {MinLength} characters"
        : null;
}
