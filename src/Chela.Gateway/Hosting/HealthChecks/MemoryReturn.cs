using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Hosting;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>
/// Gives the memory of a busy time back to the system. The collector collects when something is allocated, so that after the last request
/// of a crowd it keeps what that crowd took; here, and nowhere else, it is told that the quiet has come.
/// </summary>
internal sealed class MemoryReturn(BackgroundLoops loops) : BackgroundService
{
    /// <summary>How long it must have been quiet.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    /// <summary>A gateway to which nobody speaks allocates less than that in such a time.</summary>
    internal const long IdleBytes = 16 * 1024 * 1024;

    /// <summary>What must have been allocated since memory was last given back; less is not worth a collection.</summary>
    internal const long WorthBytes = 64 * 1024 * 1024;

    private long _seen, _returnedAt;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAsync("return of memory", Quiet, Look, stoppingToken);

    /// <summary>True once in a quiet time, when there may be something to give back.</summary>
    /// <param name="allocated">The bytes that the process has ever allocated.</param>
    internal bool IsDue(long allocated)
    {
        var isQuiet = allocated - _seen < IdleBytes;
        _seen = allocated;
        var isDue = isQuiet && allocated - _returnedAt >= WorthBytes;
        _returnedAt = isDue ? allocated : _returnedAt;
        return isDue;
    }

    private void Look()
    {
        if (IsDue(GC.GetTotalAllocatedBytes()))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
