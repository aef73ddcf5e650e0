using System.Net;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry;
using Microsoft.AspNetCore.Connections;

namespace Chela.Gateway.Connections;

/// <summary>
/// Bounds the connections that are not WebSockets (yet): as many as there may be WebSockets, and a quarter of them for one network,
/// so that nobody keeps the others out by opening connections and asking nothing. This machine and trusted proxies come for many.
/// </summary>
internal sealed class TcpGate(FrontDoor door, ConfigStore config, GatewayMeter meter)
{
    private const int NetworksToFillIt = 4;

    private readonly NetworkGate _gate = new();

    /// <summary>Closes a connection that is one too many, before anything is read from it.</summary>
    public ConnectionDelegate Bound(ConnectionDelegate next) => async connection =>
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        var max = config.Current.Config.Gateway.Limits.MaxConnections;
        var isForMany = address is null || IPAddress.IsLoopback(address) || door.Perimeter.IsProxy(AddressRange.Plain(address));
        if (!_gate.TryEnter(address, max, isForMany ? max : Math.Max(max / NetworksToFillIt, 1)))
        {
            meter.ConnectionRefused("sockets");
            return;
        }

        using var place = new TcpPlace(_gate, address);
        connection.Features.Set(place);
        await next(connection);
    };
}

/// <summary>The place of one connection, until it is a WebSocket or closed.</summary>
internal sealed class TcpPlace(NetworkGate gate, IPAddress? address) : IDisposable
{
    private bool _isFree;

    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isFree, true))
        {
            gate.Leave(address);
        }
    }
}
