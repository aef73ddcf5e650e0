using System.Collections.Concurrent;

namespace Chela.Gateway.Connections;

/// <summary>The live connections.</summary>
internal sealed class ConnectionTable
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource? _empty;
    private int _count;

    /// <summary>Bounds those of them that have not logged in.</summary>
    public LoginGate Gate { get; } = new();

    /// <summary>How many there are, also those not yet authenticated.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The connections at this moment; may be enumerated while others come and go.</summary>
    public IEnumerable<Connection> All => _connections.Select(pair => pair.Value);

    /// <summary>Takes one of the places; false when all are taken. Each place is given back with <see cref="Release"/>.</summary>
    public bool TryReserve(int limit)
    {
        if (Interlocked.Increment(ref _count) <= limit)
        {
            return true;
        }

        Release();
        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _empty?.TrySetResult();
        }
    }

    /// <summary>Waits until the last connection is gone, but no longer than the limit.</summary>
    public async Task WhenEmptyAsync(TimeSpan limit, TimeProvider time)
    {
        _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Count > 0)
        {
            await Task.WhenAny(_empty.Task, Task.Delay(limit, time));
        }
    }

    public void Add(Connection connection) => _connections.TryAdd(connection.Id, connection);

    public void Remove(Connection connection) => _connections.TryRemove(connection.Id, out _);
}
