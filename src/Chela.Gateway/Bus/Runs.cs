using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Bus;

/// <summary>How a run ended, without what was said.</summary>
internal sealed record RunEnd(string RunId, TurnStatus Status, string? Error, long StartedAtMs, long EndedAtMs);

/// <summary>The runs that are under way and how the latest ended, for those who wait for one by its id.</summary>
internal sealed class Runs(GatewayMeter meter, TimeProvider time)
{
    /// <summary>How many ended runs are remembered; the oldest are forgotten first.</summary>
    public const int MaxEnded = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Turn Turn, long StartedAtMs)> _live = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RunEnd> _ended = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private TaskCompletionSource? _begun;

    /// <summary>Carries a turn from its start to its end.</summary>
    public async Task CarryAsync(Turn turn, TurnHandler run, CancellationToken stopping)
    {
        var startedAtMs = NowMs();
        TaskCompletionSource? begun;
        lock (_gate)
        {
            _live[turn.RunId] = (turn, startedAtMs);
            (begun, _begun) = (_begun, null);
        }

        begun?.TrySetResult();
        try
        {
            await run(turn, stopping);
        }
        finally
        {
            var ends = new List<RunEnd>();
            foreach (var one in turn.Carried.Prepend(turn).Where(one => one.Completion.IsCompleted))
            {
                meter.Waited(startedAtMs - one.Message.TimestampMs);
                ends.Add(EndOf(one, startedAtMs, await one.Completion)); // one that failed in a way that nobody foresaw says so itself
            }

            meter.Ended(ends.Count > 0 ? ends[0].Status.ToString() : nameof(TurnStatus.Failed), NowMs() - startedAtMs);
            lock (_gate)
            {
                _live.Remove(turn.RunId);
                ends.ForEach(Remember);
                (begun, _begun) = (_begun, null);
            }

            begun?.TrySetResult(); // who waits for a run that was carried hears of it now
        }
    }

    /// <summary>True for a run that is under way, or whose end is remembered.</summary>
    public bool Knows(string runId)
    {
        lock (_gate)
        {
            return _live.ContainsKey(runId) || _ended.ContainsKey(runId);
        }
    }

    /// <summary>Waits for the end of a run, also of one that has not begun; null when the time is up first.</summary>
    public async ValueTask<RunEnd?> WaitAsync(string runId, TimeSpan limit, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            while (true)
            {
                var (ended, turn, startedAtMs, begun) = Look(runId);
                if (ended is not null)
                {
                    return ended;
                }

                if (turn is not null)
                {
                    return EndOf(turn, startedAtMs, await turn.Completion.WaitAsync(either.Token));
                }

                await begun!.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>How the run ended; else the run; else what tells that another run has begun.</summary>
    private (RunEnd? Ended, Turn? Turn, long StartedAtMs, Task? Begun) Look(string runId)
    {
        lock (_gate)
        {
            if (_ended.TryGetValue(runId, out var ended))
            {
                return (ended, null, 0, null);
            }

            if (_live.TryGetValue(runId, out var live))
            {
                return (null, live.Turn, live.StartedAtMs, null);
            }

            _begun ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (null, null, 0, _begun.Task);
        }
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private void Remember(RunEnd end)
    {
        _ended[end.RunId] = end;
        _order.Enqueue(end.RunId);
        if (_order.Count > MaxEnded)
        {
            _ended.Remove(_order.Dequeue());
        }
    }

    private static RunEnd EndOf(Turn turn, long startedAtMs, TurnResult result) =>
        new(turn.RunId, result.Status, result.Error, startedAtMs, result.EndedAtMs);
}
