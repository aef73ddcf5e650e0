using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;

namespace Chela.Service;

/// <summary>
/// What systemd is told of a gateway that it runs (sd_notify(3)): that it serves, that it stops, and again and again that it lives. Silent where nobody listens.
/// </summary>
internal sealed class ServiceSupervisor : IAsyncDisposable
{
    private readonly SystemdNotifier _systemd;
    private readonly ITimer? _heartbeat;

    private ServiceSupervisor(SystemdNotifier systemd, TimeSpan? every, TimeProvider time)
    {
        _systemd = systemd;

        // From the thread pool, as the gateway's own work: where that stands still, systemd hears nothing and starts the gateway again.
        // Not before the last one was heard: a send waits for a systemd that does not listen, and must not take thread after thread.
        _heartbeat = every is { } period ? time.CreateTimer(_ => Beat(period), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) : null;
        _heartbeat?.Change(every!.Value, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The supervisor of this process, as its environment names it.</summary>
    public static ServiceSupervisor OfProcess(TimeProvider time, IReadOnlyDictionary<string, string> environment)
    {
        var systemd = new SystemdNotifier();
        return new ServiceSupervisor(systemd, systemd.IsEnabled ? HalfOf(environment) : null, time);
    }

    /// <summary>The gateway serves.</summary>
    public void TellReady(string url) => Tell($"READY=1\nSTATUS=listens on {url}");

    /// <summary>The gateway restarts within this process; it tells when it is ready again.</summary>
    public void TellReloading()
    {
        var microseconds = (long)Stopwatch.GetElapsedTime(0).TotalMicroseconds; // CLOCK_MONOTONIC, which systemd compares with its own
        Tell($"RELOADING=1\nMONOTONIC_USEC={microseconds.ToString(CultureInfo.InvariantCulture)}\nSTATUS=restarting");
    }

    /// <summary>The gateway takes nothing new, and lets what runs end.</summary>
    public void TellStopping() => Tell("STOPPING=1\nSTATUS=stopping");

    public async ValueTask DisposeAsync()
    {
        if (_heartbeat is not null)
        {
            await _heartbeat.DisposeAsync();
        }
    }

    /// <summary>Half the time after which systemd gives a silent service up, as sd_watchdog_enabled(3) advises; null where it waits for ever, or means another process.</summary>
    private static TimeSpan? HalfOf(IReadOnlyDictionary<string, string> environment)
    {
        var isMeant = !environment.TryGetValue("WATCHDOG_PID", out var pid) || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isMeant && long.TryParse(environment.GetValueOrDefault("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 1
            ? TimeSpan.FromMicroseconds(microseconds / 2)
            : null;
    }

    private void Beat(TimeSpan every)
    {
        Tell("WATCHDOG=1");
        _heartbeat!.Change(every, Timeout.InfiniteTimeSpan);
    }

    private void Tell(string state)
    {
        try
        {
            _systemd.Notify(new ServiceState(state)); // does nothing where nobody is named
        }
        catch (SocketException)
        {
            // Whoever named a socket and does not listen there hears nothing; the gateway serves all the same.
        }
    }
}
