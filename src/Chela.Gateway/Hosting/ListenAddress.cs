using System.Net;
using System.Net.Sockets;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting;

/// <summary>Where the gateway listens, and what is said when it cannot.</summary>
internal static class ListenAddress
{
    /// <summary>The address that a setting names.</summary>
    /// <exception cref="StartException">The host name is not known.</exception>
    public static IPAddress Of(string bind)
    {
        if (bind == BindRule.Loopback)
        {
            return IPAddress.Loopback;
        }

        if (IPAddress.TryParse(bind, out var address))
        {
            return address;
        }

        try
        {
            return Dns.GetHostAddresses(bind)[0];
        }
        catch (SocketException e)
        {
            throw new StartException(
                StartFailure.AddressUnavailable, $"the host name {bind} is not known ({e.Message}); give an address with --bind or gateway.bind", e);
        }
    }

    /// <summary>What to tell the user when listening failed.</summary>
    public static StartException Refused(GatewayConfig gateway, Exception e)
    {
        var message = e is SocketException { SocketErrorCode: SocketError.AddressNotAvailable }
            ? $"{gateway.Bind} is not an address of this machine; give another with --bind or gateway.bind"
            : e is SocketException
                ? $"port {gateway.Port} on {gateway.Bind} cannot be listened on: {e.Message}; choose another with --port or gateway.port"
                : $"port {gateway.Port} on {gateway.Bind} is taken by another program; choose another with --port or gateway.port";
        return new StartException(StartFailure.AddressUnavailable, message, e);
    }
}
