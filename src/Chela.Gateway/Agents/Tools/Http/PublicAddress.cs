using System.Net;
using System.Net.Sockets;
using Chela.Gateway.Config;

namespace Chela.Gateway.Agents.Tools.Http;

/// <summary>Tells addresses of the public internet from those of the machine, its networks and its cloud, which a model has no business to reach.</summary>
internal static class PublicAddress
{
    private static readonly AddressRange[] Reserved =
    [
        .. Ranges(
            "0.0.0.0/8", // this network, and by it the machine itself
            "10.0.0.0/8",
            "100.64.0.0/10", // behind a carrier, and Tailscale
            "127.0.0.0/8",
            "169.254.0.0/16", // link-local, and with it the metadata of clouds
            "172.16.0.0/12",
            "192.0.0.0/24", // protocol assignments, and the metadata of a cloud
            "192.0.2.0/24", // documentation
            "192.31.196.0/24", // AS112
            "192.52.193.0/24", // AMT
            "192.88.99.0/24", // 6to4 relays
            "192.168.0.0/16",
            "192.175.48.0/24", // AS112
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "168.63.129.16", // Azure's host
            "224.0.0.0/3"), // multicast, reserved, broadcast
    ];

    /// <summary>Of IPv6 only this part is given out to the public; within it some is not meant for everybody, or leads to an IPv4 address.</summary>
    private static readonly AddressRange[] Public6 = [.. Ranges("2000::/3")];

    private static readonly AddressRange[] Reserved6 =
    [
        .. Ranges(
            "2001::/23", // protocol assignments, with Teredo
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4: an IPv4 address inside
            "2620:4f:8000::/48", // AS112
            "3fff::/20"), // documentation
    ];

    /// <summary>True for an address of the public internet. What only wraps an IPv4 address is none, whichever it wraps.</summary>
    public static bool Is(IPAddress address) => AddressRange.Plain(address) switch
    {
        { AddressFamily: AddressFamily.InterNetwork } plain => !Reserved.Any(range => range.Contains(plain)),
        var plain => Public6.Any(range => range.Contains(plain)) && !Reserved6.Any(range => range.Contains(plain)),
    };

    private static IEnumerable<AddressRange> Ranges(params string[] texts) =>
        texts.Select(text => AddressRange.TryParse(text, out var range) ? range : throw new FormatException(text));
}
