using Chela.Contracts.Sessions;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Bus;

/// <summary>Runs one turn to its end. Does not throw; a host that stops is told by the token.</summary>
internal delegate Task TurnHandler(Turn turn, CancellationToken stopping);

/// <summary>
/// One lane per session: its turns run one after the other; turns of different sessions run side by side, up to a limit.
/// A lane exists only while it has something to do.
/// </summary>
internal sealed partial class Lanes(TurnHandler run, int maxConcurrent, ILogger<Lanes> logger) : IDisposable
{
    /// <summary>The most turns that wait in one lane (OpenClaw's cap); one more is refused.</summary>
    public const int MaxWaiting = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<SessionKey, Lane> _lanes = [];
    private readonly SemaphoreSlim _runs = new(maxConcurrent);
    private readonly Countdown _places = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>How many turns wait or run in all lanes.</summary>
    public int Depth => _places.Count;

    /// <summary>Takes a place in a session's lane before the message is made durable; false when the lane is full.</summary>
    public bool TryReserve(SessionKey session)
    {
        lock (_gate)
        {
            var lane = _lanes.TryGetValue(session, out var found) ? found : _lanes[session] = new Lane();
            if (lane.Places > MaxWaiting)
            {
                return false;
            }

            lane.Places++;
            _places.Enter();
            return true;
        }
    }

    /// <summary>Gives back a place that was not used.</summary>
    public void Release(SessionKey session)
    {
        lock (_gate)
        {
            Leave(session, _lanes[session]);
        }
    }

    /// <summary>Puts a turn into the place that was reserved for it.</summary>
    public void Enqueue(Turn turn)
    {
        lock (_gate)
        {
            var lane = _lanes[turn.Session];
            lane.Waiting.Enqueue(turn);
            if (lane.Worker.IsCompleted)
            {
                lane.Worker = Task.Run(() => WorkAsync(turn.Session, lane));
            }
        }
    }

    /// <summary>The turns of a session: the running one first, then those that wait.</summary>
    public IReadOnlyList<Turn> Of(SessionKey session)
    {
        lock (_gate)
        {
            return !_lanes.TryGetValue(session, out var lane) ? []
                : lane.Running is { } running ? [running, .. lane.Waiting]
                : [.. lane.Waiting];
        }
    }

    /// <summary>True while the session has a turn that runs or waits.</summary>
    public bool IsBusy(SessionKey session) => Of(session).Count > 0;

    /// <summary>Stops turns of a session: one, or all of them.</summary>
    /// <returns>The runs that were stopped.</returns>
    public IReadOnlyList<string> Abort(SessionKey session, string? runId)
    {
        var stopped = new List<string>();
        foreach (var turn in Of(session).Where(turn => runId is null || turn.RunId == runId))
        {
            if (turn.Abort())
            {
                stopped.Add(turn.RunId);
            }
        }

        return stopped;
    }

    /// <summary>Lets what runs come to its end, then stops the rest; what did not end is found again at the next start.</summary>
    public async Task StopAsync(CancellationToken giveUp)
    {
        try
        {
            await _places.WhenZeroAsync(giveUp);
        }
        catch (OperationCanceledException)
        {
            Log.Unfinished(logger, Depth);
            await _stopping.CancelAsync();
            await _places.WhenZeroAsync(CancellationToken.None);
        }
    }

    public void Dispose()
    {
        _runs.Dispose();
        _stopping.Dispose();
    }

    private async Task WorkAsync(SessionKey session, Lane lane)
    {
        while (TakeNext(lane) is { } turn)
        {
            await _runs.WaitAsync(CancellationToken.None);
            try
            {
                await run(turn, _stopping.Token);
            }
            finally
            {
                _runs.Release();
                lock (_gate)
                {
                    lane.Running = null;
                    Leave(session, lane);
                }
            }
        }
    }

    private Turn? TakeNext(Lane lane)
    {
        lock (_gate)
        {
            if (lane.Waiting.TryDequeue(out var turn))
            {
                return lane.Running = turn;
            }

            lane.Worker = Task.CompletedTask; // said inside the lock, so that the next turn starts a new worker
            return null;
        }
    }

    private void Leave(SessionKey session, Lane lane)
    {
        if (--lane.Places == 0)
        {
            _lanes.Remove(session);
        }

        _places.Leave();
    }

    private sealed class Lane
    {
        public Queue<Turn> Waiting { get; } = new();

        public Turn? Running { get; set; }

        /// <summary>Turns that wait or run, and places reserved for more.</summary>
        public int Places { get; set; }

        public Task Worker { get; set; } = Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(1300, LogLevel.Warning, "Stopping with {Count} unfinished turns; they are marked as interrupted at the next start")]
        public static partial void Unfinished(ILogger logger, int count);
    }
}
