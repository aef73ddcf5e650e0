namespace Chela.Gateway.Bus.Queue;

/// <summary>What a lane does next: a turn, with those that it carries, or a change of its session.</summary>
internal sealed record Work(Turn? Turn, Func<Task>? Change);

/// <summary>
/// The order of one lane: what runs, what waits, and what comes next at which time. First in, first out; one at a time. It has no
/// clock and no tasks: it is told the time. Not safe for several threads.
/// </summary>
internal sealed class LaneQueue
{
    private readonly List<Place> _waiting = [];
    private readonly List<Turn> _running = [];
    private readonly List<Turn> _expected = [];
    private bool _isBusy;

    /// <summary>The turn that runs.</summary>
    public Turn? Running => _running.Count > 0 ? _running[0] : null;

    /// <summary>The turns: the running one first, then those that it carries, then those that wait.</summary>
    public IReadOnlyList<Turn> Turns => [.. _running, .. TurnsOf(_waiting)];

    /// <summary>The turns that are about to arrive.</summary>
    public IReadOnlyList<Turn> Expected => _expected;

    /// <summary>What runs, counted once, and what waits.</summary>
    public int Depth => _waiting.Count + (_isBusy ? 1 : 0);

    /// <summary>The same without what only has to be written down.</summary>
    public int Hoping => Depth - _waiting.Count(place => place.Turn is { IsOver: true });

    /// <summary>True for a turn that waits.</summary>
    public bool IsWaiting(Turn turn) => _waiting.Exists(place => place.Turn == turn);

    /// <summary>Makes a turn known that is about to arrive.</summary>
    public void Expect(Turn turn) => _expected.Add(turn);

    /// <summary>Puts a turn at the end; when too many wait, the oldest lose their places.</summary>
    /// <returns>The turns that have to be stopped for it.</returns>
    public IReadOnlyList<Turn> Arrive(Turn turn, TimeSpan now)
    {
        _expected.Remove(turn);
        var burst = BurstOf(turn, now);
        IReadOnlyList<Turn> inTheWay =
            turn.Queue.Mode == QueueMode.Interrupt ? [.. _running, .. TurnsOf(_waiting.Where(place => burst is null || place.Burst != burst))] : [];
        _waiting.Add(new Place(turn, null, Waits: Depth > 0, now + turn.Queue.Debounce) { Burst = burst });
        if (turn.Queue.Drop != QueueDrop.New)
        {
            var hoping = _waiting.Where(place => place.Waits && place.Turn is { IsOver: false }).ToList();
            foreach (var place in hoping.Take(hoping.Count - turn.Queue.Cap))
            {
                place.Turn!.Drop(turn.Queue.Drop);
            }
        }

        return inTheWay;
    }

    /// <summary>Puts a change of the session at the end.</summary>
    public void Arrive(Func<Task> change) => _waiting.Add(new Place(null, change, Waits: true, default));

    /// <summary>Takes what comes next; it is over with <see cref="End"/>.</summary>
    /// <param name="now">The time, from any beginning.</param>
    /// <param name="wakeAt">When to ask again, where something waits only for the time.</param>
    public Work? Next(TimeSpan now, out TimeSpan? wakeAt)
    {
        wakeAt = null;
        if (_isBusy || _waiting.Count == 0)
        {
            return null;
        }

        var first = _waiting[0];
        List<Place> together = [first, .. _waiting.Skip(1).TakeWhile(place => place.Joins(first))];
        var due = together.Max(place => place.DueAt);
        if (due > now)
        {
            wakeAt = due;
            return null;
        }

        _waiting.RemoveRange(0, together.Count);
        _isBusy = true;
        if (together[^1].Turn is not { } turn)
        {
            return new Work(null, first.Change);
        }

        Carry(turn, [.. together.SkipLast(1).Select(place => place.Turn!)]);
        return new Work(turn, null);
    }

    /// <summary>Takes the waiting turns that the running one can still answer, but for those whose sender may go on.</summary>
    public IReadOnlyList<Turn> TakeSteered(TimeSpan now)
    {
        var steered = _waiting
            .TakeWhile(place => !(place.Burst?.Until > now) && place.Turn is { IsOver: false, Queue.Mode: QueueMode.Steer } turn && turn.CanJoin(_running[0]))
            .Select(place => place.Turn!)
            .ToList();
        _waiting.RemoveRange(0, steered.Count);
        Carry(_running[0], steered);
        return steered;
    }

    /// <summary>What ran is over.</summary>
    /// <returns>The turns that ran; none for a change.</returns>
    public IReadOnlyList<Turn> End()
    {
        Turn[] ended = [.. _running];
        _running.Clear();
        _isBusy = false;
        return ended;
    }

    private static IEnumerable<Turn> TurnsOf(IEnumerable<Place> places) =>
        places.Select(place => place.Turn).OfType<Turn>().SelectMany(turn => turn.Carried.Prepend(turn));

    /// <summary>What a message belongs to: what its sender has just said, if that still waits for more, or what begins with it. Null where nothing is held.</summary>
    private Burst? BurstOf(Turn turn, TimeSpan now)
    {
        if (turn.Queue.Hold == TimeSpan.Zero || turn.Resumptions > 0) // one that begins again has waited long enough
        {
            return null;
        }

        var last = _waiting.LastOrDefault();
        var burst = last is { Burst: { } before, Turn: { } other } && before.Until > now && turn.IsOfSenderOf(other) && turn.CanJoin(other) ? before : new Burst();
        burst.Until = now + turn.Queue.Hold;
        return burst;
    }

    private void Carry(Turn turn, IReadOnlyList<Turn> others)
    {
        if (_running.Count == 0)
        {
            _running.AddRange([turn, .. turn.Carried]);
        }

        _running.AddRange(others);
        turn.Carry(others);
    }

    /// <param name="Turn">A turn, or null for a change.</param>
    /// <param name="Change">The change.</param>
    /// <param name="Waits">False for what came to an idle lane: it has nothing to wait for.</param>
    /// <param name="QuietAt">When nothing more has come for long enough.</param>
    private sealed record Place(Turn? Turn, Func<Task>? Change, bool Waits, TimeSpan QuietAt)
    {
        /// <summary>True while it is to run together with others. What was stopped or dropped only has to be written down.</summary>
        public bool Collects => Waits && Turn is { IsOver: false, Queue.Mode: QueueMode.Collect };

        /// <summary>What came in quick succession with it; null where nothing is held.</summary>
        public Burst? Burst { get; init; }

        /// <summary>When it may run.</summary>
        public TimeSpan DueAt => Turn is { IsOver: false } ? Max(Collects ? QuietAt : default, Burst?.Until ?? default) : default;

        /// <summary>True when it runs together with one before it.</summary>
        public bool Joins(Place first) => first.Turn is { IsOver: false } && Turn is { IsOver: false }
            && ((Collects && first.Collects && Turn.CanJoin(first.Turn)) || (Burst is not null && Burst == first.Burst));

        private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
    }

    /// <summary>Messages of one sender that came in quick succession.</summary>
    private sealed class Burst
    {
        /// <summary>When nothing more has come for long enough.</summary>
        public TimeSpan Until { get; set; }
    }
}
