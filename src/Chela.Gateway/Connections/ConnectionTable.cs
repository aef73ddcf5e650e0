using System.Collections.Concurrent;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Connections;

/// <summary>The live connections.</summary>
internal sealed class ConnectionTable
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);

    /// <summary>Bounds those of them that have not logged in.</summary>
    public LoginGate Gate { get; } = new();

    /// <summary>The places that are taken, also by connections that have not logged in.</summary>
    public Countdown Places { get; } = new();

    /// <summary>The connections at this moment; may be enumerated while others come and go.</summary>
    public IEnumerable<Connection> All => _connections.Select(pair => pair.Value);

    public void Add(Connection connection) => _connections.TryAdd(connection.Id, connection);

    public void Remove(Connection connection) => _connections.TryRemove(connection.Id, out _);
}
