using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Access;

/// <summary>May the web page that connects speak with the gateway? (02-handshake § 10) Programs that are no browsers send no origin.</summary>
internal static class OriginCheck
{
    /// <summary>What is said to a page that may not; the words are OpenClaw's.</summary>
    public const string Message = "origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)";

    private static readonly AddressRange[] PrivateNetworks =
    [
        .. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10" }.Select(Parse),
    ];

    /// <summary>The origin of a request; null when it names none.</summary>
    public static string? Of(HttpRequest request) => request.Headers.Origin is { Count: > 0 } origin ? origin.ToString() : null;

    /// <summary>Why the origin is refused; null where it is allowed.</summary>
    /// <param name="origin">As the browser sent it; null when there was none, which only a page has to explain.</param>
    /// <param name="source">Where the request comes from.</param>
    /// <param name="config">The rules in force.</param>
    public static string? Refusal(string? origin, RequestSource source, ControlUiConfig config)
    {
        if (!TryParse(origin, out var page))
        {
            return "origin missing or invalid";
        }

        var isAllowed = config.AllowedOrigins.Any(allowed => allowed == "*" || allowed.Equals(origin, StringComparison.OrdinalIgnoreCase))
            || (IsSameHost(page, source) && (config.DangerouslyAllowHostHeaderOriginFallback || IsPrivate(page.IdnHost)))
            || (source.IsLocal && KnownHosts.IsLoopback(new HostString(page.Authority)));
        return isAllowed ? null : "origin not allowed";
    }

    /// <summary>Sandboxed pages send <c>null</c>, which names nobody.</summary>
    private static bool TryParse(string? origin, out Uri page) =>
        Uri.TryCreate(origin, UriKind.Absolute, out page!)
        && page is { Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0, AbsolutePath: "/" or "" };

    private static bool IsSameHost(Uri page, RequestSource source)
    {
        var port = source.Host.Port ?? (source.Scheme == "https" ? 443 : 80);
        return source.Host.HasValue
            && page.Port == port
            && page.Host.Trim('[', ']').Equals(source.Host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Names and addresses that nobody outside can own.</summary>
    private static bool IsPrivate(string host) =>
        AddressRange.TryParseAddress(host.Trim('[', ']'), out var address)
            ? Array.Exists(PrivateNetworks, network => network.Contains(address))
            : host.EndsWith(".local", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".ts.net", StringComparison.OrdinalIgnoreCase);

    private static AddressRange Parse(string text) => AddressRange.TryParse(text, out var range) ? range : throw new FormatException(text);
}
