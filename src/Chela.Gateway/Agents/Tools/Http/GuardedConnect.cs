using System.Net;
using System.Net.Sockets;

namespace Chela.Gateway.Agents.Tools.Http;

/// <summary>Finds the addresses of a host.</summary>
internal delegate Task<IPAddress[]> HostLookup(string host, CancellationToken ct);

/// <summary>
/// Opens connections to addresses that may be reached. A name is resolved once, all its addresses are checked, and the connection goes to one that
/// was checked: a name that means something else a moment later gains nothing.
/// </summary>
/// <param name="lookup">The system's, but in tests.</param>
/// <param name="mayReach">True for an address that connections may go to.</param>
internal sealed class GuardedConnect(HostLookup lookup, Func<IPAddress, bool> mayReach)
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var addresses = await FindAsync(context.DnsEndPoint.Host, ct);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> FindAsync(string host, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await lookup(host, ct);

        // One that may not be reached among others is no accident of a good host.
        return addresses.All(mayReach)
            ? addresses
            : throw new ToolRefusal($"The host {Schema.JsonText.Show(host)} is, or leads to, an address that is not of the public internet.");
    }
}
