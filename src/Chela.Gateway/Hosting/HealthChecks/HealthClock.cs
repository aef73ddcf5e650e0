using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Hosting;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Looks how the gateway is twice a minute and when its configuration has changed, and every five minutes asks others as well (K7).</summary>
internal sealed class HealthClock(HealthWatch watch, Lifecycle lifecycle, ConfigStore config, BackgroundLoops loops) : BackgroundService
{
    /// <summary>Between two quick looks. No client's picture may become older than a minute (01-wire § 1.1).</summary>
    public static readonly TimeSpan Quick = TimeSpan.FromSeconds(30);

    /// <summary>Between two deep ones.</summary>
    public static readonly TimeSpan Deep = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var following = config.Subscribe(_ => LookWhileRunning());
        await Task.WhenAll(
            loops.RunAsync("quick look at the health", Quick, LookWhileRunning, stoppingToken),
            loops.RunAsync("deep look at the health", Deep, ProbeWhileRunningAsync, stoppingToken));
    }

    private void LookWhileRunning()
    {
        if (lifecycle.Phase == LifecyclePhase.Running)
        {
            watch.Look();
        }
    }

    private Task ProbeWhileRunningAsync(CancellationToken ct) => lifecycle.Phase == LifecyclePhase.Running ? watch.ProbeAsync(ct) : Task.CompletedTask;
}
