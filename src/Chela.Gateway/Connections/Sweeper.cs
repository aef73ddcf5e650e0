using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Wire;
using Microsoft.Extensions.Hosting;

namespace Chela.Gateway.Connections;

/// <summary>One timer for all connections: ends those that did not log in, do not read, or do not answer a goodbye; sends ticks.</summary>
internal sealed class Sweeper(
    ConnectionTable connections, EventFanout fanout, ConfigStore config, EventBus events, BackgroundLoops loops, TimeProvider time) : BackgroundService
{
    /// <summary>A write that makes no progress for this long ends the connection (01-wire § 6).</summary>
    public static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(25);

    /// <summary>How long a client may take to answer a close (01-wire § 1.1).</summary>
    public static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private long _lastTick = time.GetTimestamp();

    /// <summary>Looks at every connection once.</summary>
    public void Sweep()
    {
        foreach (var connection in connections.All)
        {
            var loginLimit = TimeSpan.FromMilliseconds(connection.Limits.HandshakeTimeoutMs);
            if (connection.ClosingFor() > CloseGrace || connection.Outbound.StalledFor() > WriteLimit)
            {
                connection.Abort();
            }
            else if (!connection.Caller.IsAuthenticated && time.GetElapsedTime(connection.OpenedAt) > loginLimit)
            {
                connection.Close(CloseCause.HandshakeTimeout);
            }
            else if (connection.Caller.ValidUntil is { } end && end <= time.GetUtcNow())
            {
                connection.Close(DeviceSockets.CredentialEnded, "credential expired");
            }
        }

        fanout.Sweep();
        if (time.GetElapsedTime(_lastTick) >= TimeSpan.FromMilliseconds(config.Current.Config.Gateway.TickIntervalMs))
        {
            _lastTick = time.GetTimestamp();
            events.Publish(new TickEvent(time.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loops.RunAsync("sweep of connections", Period, Sweep, stoppingToken);
}
