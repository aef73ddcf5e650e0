using System.Text.Json;
using Chela.Gateway.Bus;
using Chela.Gateway.Connections;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Looks how the gateway is, and tells clients.</summary>
/// <param name="board">Made at the first look, as the report: what is behind them is opened after the listener, and may be damaged.</param>
/// <param name="report">What clients of OpenClaw are told.</param>
/// <param name="state">What a hello tells of it.</param>
/// <param name="presence">Its version goes with every event.</param>
/// <param name="events">How clients hear of it.</param>
/// <param name="time">The clock.</param>
internal sealed class HealthWatch(
    Lazy<HealthBoard> board, Lazy<HealthReport> report, HealthState state, Presence presence, EventBus events, TimeProvider time)
{
    /// <summary>How long others may take to say how they are.</summary>
    public static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);

    /// <summary>Whoever wants them asked again so soon hears what they said.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    private readonly Lock _looking = new();
    private readonly Lock _gate = new();
    private Task _asking = Task.CompletedTask;
    private long? _askedAt;

    /// <summary>Looks once, waiting for nobody, and tells.</summary>
    public void Look()
    {
        lock (_looking)
        {
            foreach (var change in board.Value.Look())
            {
                events.Publish(new HealthChangedEvent(change, board.Value.Level, time.GetUtcNow().ToUnixTimeMilliseconds()));
            }

            var health = report.Value.ForReaders() with { Version = null, UptimeMs = null };
            state.Set(JsonSerializer.SerializeToElement(health, HostingJson.Default.Health));
            events.Publish(new HealthEvent(JsonSerializer.SerializeToElement(board.Value.Describe(health), HostingJson.Default.Health), (presence.Version, state.Version)));
        }
    }

    /// <summary>Asks those whom the gateway depends on, and looks then. Whoever wants it at about the same time shares one asking; it outlives who gives up.</summary>
    public Task ProbeAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (_asking.IsCompleted && !(_askedAt is { } askedAt && time.GetElapsedTime(askedAt) < Rest))
            {
                _askedAt = time.GetTimestamp();
                _asking = Background.Run(AskAndLookAsync);
            }

            return _asking.WaitAsync(ct);
        }
    }

    private async Task AskAndLookAsync()
    {
        await board.Value.AskAsync(AskLimit);
        Look();
    }
}
