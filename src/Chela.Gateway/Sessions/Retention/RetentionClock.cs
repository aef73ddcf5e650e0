using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Hosting;

namespace Chela.Gateway.Sessions.Retention;

/// <summary>Cleans up soon after the start and then every hour, as configured.</summary>
/// <param name="cleanup">Made at the first use: the sessions behind it are opened after the listener, and may be damaged.</param>
internal sealed class RetentionClock(Lazy<Cleanup> cleanup, Lifecycle lifecycle, ConfigStore config, BackgroundLoops loops, TimeProvider time) : BackgroundService
{
    /// <summary>How long after the start it begins.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private long? _cleanedAt;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAsync("clean-up of sessions", First, CleanWhenDueAsync, stoppingToken);

    private async Task CleanWhenDueAsync(CancellationToken ct)
    {
        if (lifecycle is { Phase: LifecyclePhase.Running, SafeMode: null } && (_cleanedAt is not { } cleanedAt || time.GetElapsedTime(cleanedAt) >= Period))
        {
            await cleanup.Value.RunAsync(config.Current.Config.Session.Maintenance.Mode == SessionMaintenanceConfig.Enforce, _ => true, ct);
            _cleanedAt = time.GetTimestamp();
        }
    }
}
