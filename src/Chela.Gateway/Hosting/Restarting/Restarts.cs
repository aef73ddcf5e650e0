using Chela.Gateway.Bus;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting.Restarting;

/// <summary>When the gateway restarts.</summary>
/// <param name="Delay">How long from now, without the wait for runs.</param>
/// <param name="IsCoalesced">True where it had been asked for before.</param>
/// <param name="IsDeferred">True where runs are under way that it waits for.</param>
internal sealed record RestartPlan(TimeSpan Delay, bool IsCoalesced, bool IsDeferred);

/// <summary>
/// Decides when the gateway ends that was asked to. Restarts that are asked for while one is due are the same one; it waits while runs are under
/// way, and not for ever; between two of them is a pause, so that nothing makes the gateway restart without end.
/// </summary>
internal sealed partial class Restarts(Lanes lanes, RestartPreflight preflight, RestartHistory history, TimeProvider time, ILogger<Restarts> logger)
    : IDisposable
{
    /// <summary>The least time between two restarts (06-config § 9).</summary>
    public static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(30);

    /// <summary>How long a restart that is due waits for runs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

    /// <summary>How long from the change of a setting to the restart that it needs, unless the caller says another time.</summary>
    public static readonly TimeSpan UsualDelay = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<GatewayEnd> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Pending? _pending;

    /// <summary>Ends when the gateway is to stop or to restart.</summary>
    public Task<GatewayEnd> Asked => _asked.Task;

    /// <summary>The gateway stops.</summary>
    /// <param name="why">For the log.</param>
    public void Stop(string why)
    {
        Log.StopAsked(logger, why);
        _asked.TrySetResult(GatewayEnd.Stop);
    }

    /// <summary>The gateway restarts as soon as it may.</summary>
    /// <param name="why">For the log.</param>
    /// <param name="delay">How long it is to wait at least.</param>
    /// <param name="waitsForRuns">False to let it cut short the wait for runs.</param>
    public RestartPlan Ask(string why, TimeSpan delay, bool waitsForRuns = true)
    {
        lock (_gate)
        {
            var plan = Foresee(delay, waitsForRuns);
            _pending ??= Begin();
            _pending.BringForward(plan.Delay, time);
            if (!waitsForRuns)
            {
                _pending.Hurry.Cancel();
            }

            Log.Asked(logger, why, plan.Delay);
            return plan;
        }
    }

    /// <summary>When a restart would come that was asked for now.</summary>
    /// <param name="delay">How long it is to wait at least.</param>
    /// <param name="waitsForRuns">Whether it waits for runs.</param>
    public RestartPlan Foresee(TimeSpan delay, bool waitsForRuns)
    {
        lock (_gate)
        {
            var wait = Longer(delay, history.BeganAt is { } began ? CoolDown - time.GetElapsedTime(began) : TimeSpan.Zero);
            var isDeferred = waitsForRuns && lanes.Depth > 0;
            return _pending is { } pending
                ? new RestartPlan(Shorter(wait, pending.Left(time)), IsCoalesced: true, isDeferred)
                : new RestartPlan(wait, IsCoalesced: false, isDeferred);
        }
    }

    public void Dispose() => _pending?.Timer.Dispose();

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private Pending Begin() => new(time.CreateTimer(_ => _ = RestartAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)); // observes its own failures

    private async Task RestartAsync()
    {
        var pending = _pending!;
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, pending.Hurry.Token);
        try
        {
            await lanes.WhenIdleAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            Log.NotAwaited(logger, lanes.Depth);
        }

        if (await preflight.RefusalAsync(CancellationToken.None) is not { } refusal)
        {
            _asked.TrySetResult(GatewayEnd.Restart);
            return;
        }

        Log.Refused(logger, refusal);
        lock (_gate)
        {
            pending.Timer.Dispose();
            _pending = null;
        }
    }

    /// <summary>The restart that was asked for.</summary>
    private sealed class Pending(ITimer timer)
    {
        private long? _dueAt;

        public ITimer Timer => timer;

        /// <summary>Cancelled when it is to wait for no run.</summary>
        public CancellationTokenSource Hurry { get; } = new();

        public TimeSpan Left(TimeProvider time) => Longer(TimeSpan.Zero, -time.GetElapsedTime(_dueAt!.Value));

        /// <summary>Due after that time, or before it where it was due before.</summary>
        public void BringForward(TimeSpan wait, TimeProvider time)
        {
            var dueAt = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
            if (_dueAt is null || dueAt < _dueAt)
            {
                _dueAt = dueAt;
                timer.Change(wait, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1830, LogLevel.Information, "A restart was asked for ({Why}); it is due in {Wait}")]
        public static partial void Asked(ILogger logger, string why, TimeSpan wait);

        [LoggerMessage(1831, LogLevel.Warning, "The restart does not wait any longer for {Count} messages that run or wait")]
        public static partial void NotAwaited(ILogger logger, int count);

        [LoggerMessage(1835, LogLevel.Information, "A stop was asked for ({Why})")]
        public static partial void StopAsked(ILogger logger, string why);

        [LoggerMessage(1832, LogLevel.Error, "The gateway does not restart, because it would not start again: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
