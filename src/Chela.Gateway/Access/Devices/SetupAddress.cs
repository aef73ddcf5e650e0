using System.Net;

namespace Chela.Gateway.Access.Devices;

/// <summary>An address in a setup code.</summary>
internal static class SetupAddress
{
    /// <summary>Reads an address for WebSockets; http counts as ws and https as wss.</summary>
    /// <returns>Null when it is none, or brings a user name, a query or a fragment along.</returns>
    public static string? Read(string text)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) || url.UserInfo.Length + url.Query.Length + url.Fragment.Length > 0)
        {
            return null;
        }

        var scheme = url.Scheme switch
        {
            "ws" or "http" => "ws",
            "wss" or "https" => "wss",
            _ => null,
        };
        return scheme is null || url.Host.Length == 0 ? null : $"{scheme}://{url.Authority}{url.AbsolutePath.TrimEnd('/')}";
    }

    /// <summary>True when nobody on the way can read what is said: it is encrypted, or does not leave this machine.</summary>
    public static bool IsPrivate(string url)
    {
        var address = new Uri(url);
        return address.Scheme == "wss" || address.IsLoopback || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }
}

/// <summary>Where devices can reach the gateway. Whoever listens fills it, once.</summary>
internal sealed class GatewayAddresses
{
    /// <summary>The most addresses that a setup code holds.</summary>
    public const int MaxUrls = 8;

    private volatile IReadOnlyList<string> _urls = [];

    /// <summary>The addresses, the best first; empty before the gateway listens.</summary>
    public IReadOnlyList<string> Urls => _urls;

    /// <summary>SHA-256 of the certificate that the gateway shows there, in lower-case hexadecimal; null without TLS.</summary>
    public string? TlsFingerprint { get; set; }

    public void Attach(IEnumerable<string> urls) => _urls = [.. urls.Distinct(StringComparer.Ordinal).Take(MaxUrls)];
}
