using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Bus;

/// <summary>
/// One lane per session: its turns run one after the other; turns of different sessions run side by side.
/// Changes of a session as a whole take their turn in its lane. A lane exists only while it has something to do.
/// </summary>
internal sealed class Lanes(RunSlots slots, LaneRoom room, GatewayMeter meter, TimeProvider time, ILogger<Lanes> logger) : IDisposable
{
    /// <summary>The most that stands in one lane: what was stopped or dropped does so too, until it is written down.</summary>
    public const int MaxInLane = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<SessionKey, Lane> _lanes = [];
    private readonly Countdown _places = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly long _began = time.GetTimestamp();
    private bool _isDraining;

    /// <summary>How many turns wait or run in all lanes.</summary>
    public int Depth => _places.Count;

    /// <summary>Takes a place in a session's lane before the message is made durable, where it and all lanes together have room.</summary>
    public Reservation Reserve(InboundMessage message, QueueSettings settings)
    {
        lock (_gate)
        {
            if (_lanes.TryGetValue(message.Session, out var lane) && IsFull(lane, settings.Drop == QueueDrop.New ? settings.Cap : MaxInLane))
            {
                meter.MessageRefused("session");
                return Reservation.LaneFull;
            }

            if (!room.TryTake(message.Content))
            {
                meter.MessageRefused("gateway");
                return Reservation.GatewayFull;
            }

            Enter(message.Session).Reserved++;
            return Reservation.Made;
        }
    }

    /// <summary>Gives back a place that was not used.</summary>
    public void Release(InboundMessage message)
    {
        lock (_gate)
        {
            room.GiveBack(message.Content);
            _lanes[message.Session].Reserved--;
            Leave(message.Session, _lanes[message.Session], 1);
        }
    }

    /// <summary>Makes known whose the reserved place is: an accepted message can be stopped before it is in its lane.</summary>
    public void Expect(Turn turn)
    {
        lock (_gate)
        {
            _lanes[turn.Session].Queue.Expect(turn);
        }
    }

    /// <summary>Puts a turn, with those that it carries, into the places that were reserved for them.</summary>
    public void Enqueue(Turn turn)
    {
        IReadOnlyList<Turn> inTheWay;
        lock (_gate)
        {
            var lane = _lanes[turn.Session];
            lane.Reserved -= 1 + turn.Carried.Count;
            turn.TakeSteered = () => Locked(() => lane.Queue.TakeSteered(Now));
            inTheWay = lane.Queue.Arrive(turn, Now);
            Start(turn.Session, lane);
        }

        foreach (var other in inTheWay)
        {
            other.Abort();
        }

        turn.Aborted.UnsafeRegister(_ => Stop(turn), null);
    }

    /// <summary>Puts a change of a session at the end of its lane.</summary>
    /// <returns>The turns before it.</returns>
    public IReadOnlyList<Turn> Arrive(SessionKey session, Func<Task> change)
    {
        lock (_gate)
        {
            var lane = Enter(session);
            var before = lane.Queue.Turns;
            lane.Queue.Arrive(change);
            Start(session, lane);
            return before;
        }
    }

    /// <summary>The same where nothing runs or waits; false, and nothing is put there, where something does.</summary>
    public bool TryArriveIdle(SessionKey session, Func<Task> change) =>
        Locked(() => !_lanes.ContainsKey(session) && Arrive(session, change).Count == 0);

    /// <summary>The same for a change that holds a text in memory while it waits; false where there is no room for it.</summary>
    public bool TryArrive(SessionKey session, Func<Task> change, string text)
    {
        lock (_gate)
        {
            if ((_lanes.TryGetValue(session, out var lane) && IsFull(lane, MaxInLane)) || !room.TryTake(text))
            {
                return false;
            }

            Arrive(session, ChangeAsync);
            return true;
        }

        async Task ChangeAsync()
        {
            await change();
            lock (_gate)
            {
                room.GiveBack(text);
            }
        }
    }

    /// <summary>Ends when nothing runs or waits in any lane, or with the token.</summary>
    public Task WhenIdleAsync(CancellationToken ct) => _places.WhenZeroAsync(ct);

    /// <summary>Cancelled when the gateway can wait no longer for what is done in lanes.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>The turns that run now, at most one for each session. Whose end was told is none of them, though its lane may have to hear of it yet.</summary>
    public IReadOnlyList<Turn> Running =>
        Locked(() => _lanes.Values.Select(lane => lane.Queue.Running).OfType<Turn>().Where(turn => !turn.Completion.IsCompleted).ToArray());

    /// <summary>The turns of a session: the running one first, then those that wait, then those that are about to come.</summary>
    public IReadOnlyList<Turn> Of(SessionKey session) => Locked(() => TurnsOf(session));

    /// <summary>A turn that runs or waits, by its run; null when there is none.</summary>
    public Turn? Find(string runId) => Turns.FirstOrDefault(turn => turn.RunId == runId);

    /// <summary>The keys of the sessions that have a turn that has not ended.</summary>
    public IReadOnlySet<string> Busy =>
        Locked(() => _lanes.Keys.Where(key => TurnsOf(key).Any(turn => !turn.Completion.IsCompleted)).Select(key => key.Value).ToHashSet(StringComparer.Ordinal));

    /// <summary>True while the session has a turn that runs or waits.</summary>
    public bool IsBusy(SessionKey session) => Of(session).Count > 0;

    /// <summary>Stops turns of a session: one, or all of them.</summary>
    /// <returns>The runs that were stopped.</returns>
    public IReadOnlyList<string> Abort(SessionKey session, string? runId) =>
        [.. Of(session).Where(turn => (runId is null || turn.RunId == runId) && turn.Abort()).Select(turn => turn.RunId)];

    /// <summary>Lets what runs come to its end, then stops the rest; what did not end is found again at the next start.</summary>
    public async Task StopAsync(CancellationToken giveUp)
    {
        lock (_gate)
        {
            _isDraining = true;
            foreach (var (session, lane) in _lanes)
            {
                Start(session, lane); // nobody waits for more messages now
            }
        }

        UnfinishedTurns.TellAwaited(logger, Turns);

        try
        {
            await _places.WhenZeroAsync(giveUp);
        }
        catch (OperationCanceledException)
        {
            UnfinishedTurns.TellCutOff(logger, Turns);
            await _stopping.CancelAsync();
            await _places.WhenZeroAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _stopping.Dispose();

    private TimeSpan Now => time.GetElapsedTime(_began);

    private IReadOnlyList<Turn> Turns => Locked(() => _lanes.Keys.SelectMany(TurnsOf).ToList());

    private IReadOnlyList<Turn> TurnsOf(SessionKey session) =>
        _lanes.TryGetValue(session, out var lane) ? [.. lane.Queue.Turns, .. lane.Queue.Expected] : [];

    private static bool IsFull(Lane lane, int most) =>
        lane.Reserved + lane.Queue.Hoping > most || lane.Reserved + lane.Queue.Depth > MaxInLane;

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    private Lane Enter(SessionKey session)
    {
        _places.Enter();
        return _lanes.TryGetValue(session, out var found) ? found : _lanes[session] = new Lane();
    }

    private void Leave(SessionKey session, Lane lane, int places)
    {
        if (lane.Reserved + lane.Queue.Depth == 0)
        {
            lane.Quiet?.Dispose();
            _lanes.Remove(session);
        }

        _places.Leave(places);
    }

    /// <summary>Of a turn that waits it is told at once that it was stopped; it is written down when its turn comes.</summary>
    private void Stop(Turn turn)
    {
        lock (_gate)
        {
            if (!_lanes.TryGetValue(turn.Session, out var lane))
            {
                return;
            }

            if (turn.Dropped is null && lane.Queue.IsWaiting(turn))
            {
                turn.Telling = Background.Run(() => slots.TellStoppedAsync(turn));
            }

            Start(turn.Session, lane); // it need not wait for a quiet moment any more
        }
    }

    private void Wake(SessionKey session)
    {
        lock (_gate)
        {
            if (_lanes.TryGetValue(session, out var lane))
            {
                Start(session, lane);
            }
        }
    }

    private void Start(SessionKey session, Lane lane)
    {
        if (lane.Worker.IsCompleted)
        {
            lane.Worker = Background.Run(() => WorkAsync(session, lane));
        }
    }

    private async Task WorkAsync(SessionKey session, Lane lane)
    {
        while (TakeNext(session, lane) is { } work)
        {
            await (work.Turn is { } next ? slots.RunAsync(next, _stopping.Token) : work.Change!());
            lock (_gate)
            {
                var ended = lane.Queue.End();
                foreach (var turn in ended)
                {
                    room.GiveBack(turn.Message.Content);
                }

                Leave(session, lane, Math.Max(1, ended.Count));
            }
        }
    }

    private Work? TakeNext(SessionKey session, Lane lane)
    {
        lock (_gate)
        {
            if (lane.Queue.Next(_isDraining ? TimeSpan.MaxValue : Now, out var wakeAt) is { } work)
            {
                return work;
            }

            if (wakeAt is { } at)
            {
                lane.Quiet ??= time.CreateTimer(_ => Wake(session), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                lane.Quiet.Change(at - Now, Timeout.InfiniteTimeSpan);
            }

            lane.Worker = Task.CompletedTask; // said inside the lock, so that the next turn starts a new worker
            return null;
        }
    }
}
