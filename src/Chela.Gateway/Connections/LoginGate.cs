using System.Net;
using System.Net.Sockets;
using Chela.Gateway.Config;

namespace Chela.Gateway.Connections;

/// <summary>
/// Bounds the sockets that have not shown who they are, in total and for each address, so that nobody keeps the others out by
/// opening sockets and saying nothing. Holds an entry only for addresses that have such a socket now.
/// </summary>
internal sealed class LoginGate
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _total;

    /// <summary>Lets a socket in to log in; false when too many are doing so. Each success is given back once with <see cref="Leave"/>.</summary>
    public bool TryEnter(IPAddress? address, GatewayLimitsConfig limits)
    {
        var network = NetworkOf(address);
        lock (_gate)
        {
            var here = _byAddress.GetValueOrDefault(network);
            if (_total >= limits.MaxUnauthenticated || here >= limits.MaxUnauthenticatedPerAddress)
            {
                return false;
            }

            _total++;
            _byAddress[network] = here + 1;
            return true;
        }
    }

    /// <summary>The socket has logged in, or is gone.</summary>
    public void Leave(IPAddress? address)
    {
        var network = NetworkOf(address);
        lock (_gate)
        {
            _total--;
            if (--_byAddress[network] == 0)
            {
                _byAddress.Remove(network);
            }
        }
    }

    /// <summary>The unit that one party holds: an IPv4 address, also when it is written as IPv6, or a /64 network of IPv6.</summary>
    private static IPAddress NetworkOf(IPAddress? address)
    {
        if (address is null)
        {
            return IPAddress.None;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
