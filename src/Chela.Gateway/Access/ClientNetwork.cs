using System.Net;
using System.Net.Sockets;
using Chela.Gateway.Config;

namespace Chela.Gateway.Access;

/// <summary>The unit of addresses that one party holds, and that limits and lock-outs count.</summary>
internal static class ClientNetwork
{
    /// <summary>An IPv4 address, also when it is written as IPv6, or a /64 network of IPv6.</summary>
    public static IPAddress Of(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        var plain = AddressRange.Plain(address);
        if (plain.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return plain;
        }

        var bytes = plain.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
