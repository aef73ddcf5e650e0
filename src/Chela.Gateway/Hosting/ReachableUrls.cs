using System.Net;
using System.Net.Sockets;

namespace Chela.Gateway.Hosting;

/// <summary>The addresses under which devices reach the gateway.</summary>
internal static class ReachableUrls
{
    /// <param name="scheme"><c>ws</c> or <c>wss</c>.</param>
    /// <param name="listening">Where it listens.</param>
    /// <param name="local">Gives the addresses of this machine, for a gateway that listens on all of them.</param>
    public static IEnumerable<string> Of(string scheme, IEnumerable<IPEndPoint> listening, Func<IEnumerable<IPAddress>> local) => listening
        .SelectMany(endPoint => IsAny(endPoint.Address) ? Each(endPoint.Port, local()) : [endPoint])
        .OrderBy(endPoint => IPAddress.IsLoopback(endPoint.Address))
        .Select(endPoint => $"{scheme}://{endPoint}");

    /// <summary>The IPv4 addresses that others reach, as an IPv6 address is seldom reachable from a phone; where there is none, this machine's own.</summary>
    private static IEnumerable<IPEndPoint> Each(int port, IEnumerable<IPAddress> local) => local
        .Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))
        .DefaultIfEmpty(IPAddress.Loopback)
        .Select(address => new IPEndPoint(address, port));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
