using System.Collections.Concurrent;
using System.Net;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Connections;

/// <summary>The live connections.</summary>
internal sealed class ConnectionTable(GatewayMeter meter)
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);

    /// <summary>Bounds those of them that have not logged in.</summary>
    public NetworkGate Gate { get; } = new();

    /// <summary>Lets a client in to log in; it gives its place back to the gate when it has, or is gone.</summary>
    public bool TryEnter(IPAddress? address, GatewayLimitsConfig limits) =>
        Gate.TryEnter(address, limits.MaxUnauthenticated, limits.MaxUnauthenticatedPerAddress) || Refused("logins");

    /// <summary>Takes one of the <see cref="Places"/>, where there is one.</summary>
    public bool TryTakePlace(GatewayLimitsConfig limits) => Places.TryEnter(limits.MaxConnections) || Refused("connections");

    /// <summary>The places that are taken, also by connections that have not logged in.</summary>
    public Countdown Places { get; } = new();

    /// <summary>The connections at this moment; may be enumerated while others come and go.</summary>
    public IEnumerable<Connection> All => _connections.Select(pair => pair.Value);

    public void Add(Connection connection) => _connections.TryAdd(connection.Id, connection);

    public void Remove(Connection connection) => _connections.TryRemove(connection.Id, out _);

    private bool Refused(string what)
    {
        meter.ConnectionRefused(what);
        return false;
    }
}
