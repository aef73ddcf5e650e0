using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting;

/// <summary>The addresses that <c>gateway.bind</c> and its like stand for.</summary>
internal static class ListenAddress
{
    private const string Remedy = "give an address with --bind or gateway.bind";

    private static readonly AddressRange TailnetAddresses = AddressRange.TryParse("100.64.0.0/10", out var range) ? range : throw new FormatException();

    /// <summary>The addresses that a setting names; the first is the one to tell clients.</summary>
    /// <param name="bind">The setting.</param>
    /// <param name="customHost">What the word <c>custom</c> stands for.</param>
    /// <param name="local">Looks up the addresses of this machine, which takes a while.</param>
    /// <exception cref="StartException">There is no such address here, or the host name is not known.</exception>
    public static IReadOnlyList<IPAddress> Of(string bind, string? customHost, Func<IEnumerable<IPAddress>> local) => bind switch
    {
        BindRule.Loopback => Loopbacks(),
        BindRule.Lan => [IPAddress.Any],
        BindRule.Auto => IsHere(IPAddress.Loopback) ? Loopbacks() : [IPAddress.Any],
        BindRule.Tailnet => [Tailnet(local()), IPAddress.Loopback],
        BindRule.Custom => WithLoopback(Named(customHost ?? "")),
        _ => [Named(bind)],
    };

    /// <summary>The addresses of this machine's interfaces that are up.</summary>
    public static IEnumerable<IPAddress> Local() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address);

    // The name localhost may mean either of them to a client.
    private static IPAddress[] Loopbacks() =>
        IsHere(IPAddress.IPv6Loopback) ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];

    private static bool IsHere(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false; // without IPv6 there is no such socket, or no such address
        }
    }

    // Commands on this machine look for the gateway on loopback.
    private static IPAddress[] WithLoopback(IPAddress address) =>
        address.Equals(IPAddress.Loopback) || address.Equals(IPAddress.Any) || address.AddressFamily == AddressFamily.InterNetworkV6
            ? [address]
            : [address, IPAddress.Loopback];

    private static IPAddress Tailnet(IEnumerable<IPAddress> local) =>
        local.FirstOrDefault(TailnetAddresses.Contains) ?? throw new StartException(
            StartFailure.AddressUnavailable, $"this machine has no address of a tailnet (100.64.0.0/10); start Tailscale, or {Remedy}");

    private static IPAddress Named(string name)
    {
        if (IPAddress.TryParse(name, out var address))
        {
            return address;
        }

        try
        {
            return Dns.GetHostAddresses(name)[0];
        }
        catch (SocketException e)
        {
            throw new StartException(StartFailure.AddressUnavailable, $"the host name {name} is not known ({e.Message}); {Remedy}", e);
        }
    }
}
