using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Microsoft.Extensions.Hosting;

namespace Chela.Gateway.Sessions.Retention;

/// <summary>Cleans up soon after the start and then every hour, as configured.</summary>
/// <param name="cleanup">Made at the first use: the sessions behind it are opened after the listener, and may be damaged.</param>
internal sealed class RetentionClock(Lazy<Cleanup> cleanup, Lifecycle lifecycle, ConfigStore config, TimeProvider time) : BackgroundService
{
    /// <summary>How long after the start it begins.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(First, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (lifecycle.Phase == LifecyclePhase.Running)
            {
                timer.Period = Period;
                await cleanup.Value.RunAsync(config.Current.Config.Session.Maintenance.Mode == SessionMaintenanceConfig.Enforce, _ => true, stoppingToken);
            }
        }
    }
}
