using System.Net;
using Chela.Gateway.Config;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Access;

/// <summary>Who may come near at all: the rules on addresses, proxies and names, made ready from one configuration.</summary>
internal sealed class Perimeter
{
    /// <summary>Headers that only a proxy writes, or somebody who claims to be one.</summary>
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Real-IP", "Via", "True-Client-IP", "X-Client-IP", "X-Cluster-Client-IP"];

    private static readonly string[] ProxyPrefixes = ["X-Forwarded-", "CF-", "Tailscale-", "Fly-"];

    private readonly AddressRange[] _allowed;
    private readonly AddressRange[] _proxies;

    public Perimeter(GatewayConfig config)
    {
        _allowed = [.. config.AllowedAddresses.Select(Parse)];
        _proxies = [.. config.TrustedProxies.Select(Parse)];
        Hosts = new KnownHosts(config);
    }

    /// <summary>The names of the gateway.</summary>
    public KnownHosts Hosts { get; }

    /// <summary>True when nobody has limited who may connect, or the client is one of those.</summary>
    public bool Admits(IPAddress? client) =>
        _allowed.Length == 0 || (client is not null && Array.Exists(_allowed, range => range.Contains(client)));

    /// <summary>True for a proxy that is trusted to say for whom it comes.</summary>
    public bool IsProxy(IPAddress peer) => Array.Exists(_proxies, range => range.Contains(peer));

    /// <summary>Says where a request comes from.</summary>
    /// <returns>Null when a trusted proxy does not say, or says in two ways, for whom it comes.</returns>
    public RequestSource? SourceOf(HttpContext context)
    {
        var headers = context.Request.Headers;
        var peer = context.Connection.RemoteIpAddress is { } address ? AddressRange.Plain(address) : null;
        var source = new RequestSource(peer, peer, context.Request.Host) { Scheme = context.Request.Scheme };
        if (peer is null || !IsProxy(peer))
        {
            var isLocal = peer is not null && IPAddress.IsLoopback(peer) && !IsForwarded(headers) && KnownHosts.IsLoopback(source.Host);
            return source with { IsLocal = isLocal };
        }

        return TryFindClient(headers, peer, out var client)
            ? source with { Client = client, IsFromTrustedProxy = true, Host = HostOf(headers) ?? source.Host, Scheme = SchemeOf(headers) ?? source.Scheme }
            : null;
    }

    /// <summary>The proxy's own request when it names nobody; else the client that both of the usual headers agree on.</summary>
    private bool TryFindClient(IHeaderDictionary headers, IPAddress peer, out IPAddress? client)
    {
        var found = new List<IPAddress?>(2);
        Add(ForwardedHops.OfForwardedFor(headers["X-Forwarded-For"]));
        Add(ForwardedHops.OfForwarded(headers["Forwarded"]));
        if (found.Count == 0)
        {
            Add(ForwardedHops.OfForwardedFor(headers["X-Real-IP"]));
        }

        client = found.Count == 0 ? peer : found[0];
        return client is not null && found.TrueForAll(client.Equals);

        void Add(IReadOnlyList<IPAddress?> hops)
        {
            if (hops.Count > 0)
            {
                found.Add(ForwardedHops.Client(hops, IsProxy));
            }
        }
    }

    private static bool IsForwarded(IHeaderDictionary headers) => headers.Keys.Any(name =>
        ProxyHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)
        || ProxyPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));

    // The first of several is the one that the client asked for.
    private static HostString? HostOf(IHeaderDictionary headers) =>
        First(headers["X-Forwarded-Host"]) is { } host ? new HostString(host) : null;

    private static string? SchemeOf(IHeaderDictionary headers) => First(headers["X-Forwarded-Proto"])?.ToLowerInvariant() switch
    {
        "https" or "wss" => "https",
        "http" or "ws" => "http",
        _ => null,
    };

    private static string? First(string? values) =>
        values?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();

    private static AddressRange Parse(string text) => AddressRange.TryParse(text, out var range)
        ? range
        : throw new ArgumentException("The configuration was not checked before it was used.", nameof(text));
}
