using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Telemetry;

/// <summary>The loops of a gateway: whoever does something periodically does it here, and health tells how it goes.</summary>
internal sealed class BackgroundLoops(TimeProvider time, Random random, ILogger<BackgroundLoops> logger)
{
    private readonly ConcurrentDictionary<string, BackgroundLoop> _loops = new(StringComparer.Ordinal);

    public IEnumerable<BackgroundLoop> All => _loops.Values;

    /// <summary>Does a step in every period until cancelled, the first time when one has passed.</summary>
    /// <param name="name">What people call the loop; each has its own name.</param>
    /// <param name="period">The time between two steps.</param>
    /// <param name="step">What is done.</param>
    /// <param name="stopping">Ends it.</param>
    public Task RunAsync(string name, TimeSpan period, Func<CancellationToken, Task> step, CancellationToken stopping)
    {
        var loop = new BackgroundLoop(name, period, step, time, Chance, logger);
        _loops[name] = loop;
        return loop.RunAsync(stopping);
    }

    /// <summary>The same for a step that waits for nothing.</summary>
    public Task RunAsync(string name, TimeSpan period, Action step, CancellationToken stopping) => RunAsync(name, period, _ =>
    {
        step();
        return Task.CompletedTask;
    }, stopping);

    private double Chance()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }
}
