namespace Chela.Gateway.Channels.Plugin;

/// <summary>What there is of one account: its connection, what it could do last, and what of its plugin was left behind because it does not end.</summary>
internal sealed class PluginPlace
{
    private volatile PluginConnection? _connection;
    private volatile PluginAbilities? _abilities;
    private volatile Task[] _runs = [];
    private int _leftCalls;

    /// <summary>The connection; null where there is none.</summary>
    public PluginConnection? Connection => _connection;

    /// <summary>What its channel can do; null before it was connected for the first time.</summary>
    public PluginAbilities? Abilities => _abilities;

    /// <summary>The connections that have not ended.</summary>
    public Task[] Runs => [.. _runs.Where(run => !run.IsCompleted)];

    /// <summary>How many calls have not ended for which nobody waits any more.</summary>
    public int LeftCalls => Volatile.Read(ref _leftCalls);

    public void Begin(PluginConnection connection, Task run) => (_abilities, _connection, _runs) = (connection.Abilities, connection, [.. Runs, run]);

    /// <summary>Ends a connection, which may have been left behind for another one.</summary>
    public void End(PluginConnection connection)
    {
        Interlocked.CompareExchange(ref _connection, null, connection);
        connection.Dispose();
    }

    /// <summary>Counts a call until it ends at last.</summary>
    public async Task LeaveAsync(Task call)
    {
        Interlocked.Increment(ref _leftCalls);
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _leftCalls);
    }
}
