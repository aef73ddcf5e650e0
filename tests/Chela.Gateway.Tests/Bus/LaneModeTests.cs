using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Bus;

/// <summary>What lanes do with messages that come while their session is busy.</summary>
[Trait("Requirement", "B1")]
public sealed class LaneModeTests
{
    private static readonly QueueSettings Collect = new() { Mode = QueueMode.Collect };

    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Collected_messages_run_once_after_the_quiet_window()
    {
        using var trial = new LaneTrial(time: _clock);
        var running = trial.Enqueue("first");
        await trial.BegunAsync("first");
        Turn[] collected = [trial.Enqueue("a", queue: Collect), trial.Enqueue("b", queue: Collect)];
        trial.LetEnd("first", "b");
        await running.Completion.WaitAsync(Ct);
        await _clock.WhenTimerAsync(Collect.Debounce);

        _clock.Advance(Collect.Debounce / 2);
        var early = trial.HasBegun("b");
        _clock.Advance(Collect.Debounce / 2);
        await Task.WhenAll(collected.Select(turn => turn.Completion)).WaitAsync(Ct);

        Assert.False(early);
        Assert.Equal("+first -first +a&b -b", trial.Log);
    }

    [Fact]
    public async Task Whoever_stops_a_collected_message_need_not_wait_for_the_quiet_window_and_takes_nothing_from_the_others()
    {
        using var trial = new LaneTrial(time: _clock);
        var running = trial.Enqueue("first");
        await trial.BegunAsync("first");
        Turn[] collected = [trial.Enqueue("a", queue: Collect), trial.Enqueue("b", queue: Collect), trial.Enqueue("c", queue: Collect)];
        trial.LetEnd("first", "c");
        await running.Completion.WaitAsync(Ct);
        await _clock.WhenTimerAsync(Collect.Debounce);

        trial.Lanes.Abort(SessionKey.Main, "a");
        var stopped = await collected[0].Completion.WaitAsync(Ct);
        _clock.Advance(Collect.Debounce);
        await Task.WhenAll(collected.Select(turn => turn.Completion)).WaitAsync(Ct);

        Assert.Equal(TurnStatus.Aborted, stopped.Status);
        Assert.Equal("+first -first +a -a +b&c -c", trial.Log);
    }

    [Fact]
    public async Task Whoever_stops_one_of_several_messages_that_are_answered_together_stops_their_run()
    {
        using var trial = new LaneTrial(time: _clock);
        var running = trial.Enqueue("first");
        await trial.BegunAsync("first");
        Turn[] collected = [trial.Enqueue("a", queue: Collect), trial.Enqueue("b", queue: Collect)];
        trial.LetEnd("first");
        await running.Completion.WaitAsync(Ct);
        await _clock.WhenTimerAsync(Collect.Debounce);
        _clock.Advance(Collect.Debounce);
        await trial.BegunAsync("b");

        var seen = trial.Lanes.Of(SessionKey.Main).Select(turn => turn.RunId);
        trial.Lanes.Abort(SessionKey.Main, "a");
        var results = await Task.WhenAll(collected.Select(turn => turn.Completion)).WaitAsync(Ct);

        Assert.Equal(["b", "a"], seen);
        Assert.All(results, result => Assert.Equal(TurnStatus.Aborted, result.Status));
    }

    [Fact]
    [Trait("Requirement", "K9")]
    public async Task A_gateway_that_stops_waits_for_no_quiet_window()
    {
        using var trial = new LaneTrial(time: _clock);
        var running = trial.Enqueue("first");
        await trial.BegunAsync("first");
        var collected = trial.Enqueue("a", queue: Collect);
        trial.LetEnd("first", "a");
        await running.Completion.WaitAsync(Ct);
        await _clock.WhenTimerAsync(Collect.Debounce);

        await trial.Lanes.StopAsync(Ct).WaitAsync(Ct);

        Assert.Equal(TurnStatus.Done, (await collected.Completion).Status);
        Assert.Equal(0, trial.Lanes.Depth);
    }

    [Fact]
    public async Task An_interrupting_message_stops_what_runs_and_waits_and_runs_next()
    {
        using var trial = new LaneTrial(time: _clock);
        Turn[] before = [trial.Enqueue("runs"), trial.Enqueue("waits"), trial.Enqueue("collected", queue: Collect)];
        await trial.BegunAsync("runs");

        trial.LetEnd("now");
        var now = trial.Enqueue("now", queue: new QueueSettings { Mode = QueueMode.Interrupt });
        var result = await now.Completion.WaitAsync(Ct);

        Assert.Equal(TurnStatus.Done, result.Status);
        Assert.All(before, turn => Assert.Equal(TurnStatus.Aborted, turn.Completion.Result.Status));
        Assert.Equal("+runs -runs +waits -waits +collected -collected +now -now", trial.Log);
    }

    [Fact]
    public async Task A_steered_message_reaches_the_running_turn_or_the_next_one()
    {
        using var trial = new LaneTrial(time: _clock);
        var steer = new QueueSettings { Mode = QueueMode.Steer };
        var running = trial.Enqueue("runs");
        await trial.BegunAsync("runs");
        Turn[] steered = [trial.Enqueue("a", queue: steer), trial.Enqueue("b", queue: steer)];

        var taken = running.TakeSteered();
        var late = trial.Enqueue("late", queue: steer);
        trial.LetEnd("runs", "late");
        await Task.WhenAll(steered.Append(late).Select(turn => turn.Completion)).WaitAsync(Ct);

        Assert.Equal(steered, taken);
        Assert.Equal("+runs -runs +late -late", trial.Log);
        await trial.Lanes.StopAsync(Ct);
        Assert.Equal(0, trial.Lanes.Depth);
    }

    [Fact]
    public async Task Where_the_oldest_give_way_a_full_lane_takes_the_new_message_and_the_oldest_runs_no_more()
    {
        using var trial = new LaneTrial(time: _clock);
        var two = new QueueSettings { Cap = 2, Drop = QueueDrop.Old };
        trial.Enqueue("runs", queue: two);
        await trial.BegunAsync("runs");

        Turn[] waiting = [.. new[] { "a", "b", "c", "d" }.Select(run => trial.Enqueue(run, queue: two))];

        Assert.Equal([QueueDrop.Old, QueueDrop.Old, null, null], waiting.Select(turn => turn.Dropped));
        trial.LetEnd("runs", "a", "b", "c", "d");
        await waiting[^1].Completion.WaitAsync(Ct);
        Assert.Equal("+runs -runs +a -a +b -b +c -c +d -d", trial.Log);
    }

    [Fact]
    public async Task What_was_dropped_stands_in_line_too_and_the_line_has_an_end()
    {
        using var trial = new LaneTrial(time: _clock);
        var one = new QueueSettings { Cap = 1, Drop = QueueDrop.Summarize };
        trial.Enqueue("runs", queue: one);
        await trial.BegunAsync("runs");

        var taken = 0;
        while (taken < 2 * Lanes.MaxInLane && trial.Reserve("run", queue: one) == Reservation.Made)
        {
            trial.Lanes.Enqueue(LaneTrial.Turn($"{taken++}", queue: one));
        }

        Assert.Equal(Lanes.MaxInLane, taken);
    }

    [Fact]
    public async Task A_message_that_is_stopped_while_all_slots_are_taken_ends_at_once()
    {
        using var trial = new LaneTrial(maxConcurrent: 1, _clock);
        trial.Enqueue("holds the slot", "other");
        await trial.BegunAsync("holds the slot");
        var waits = trial.Enqueue("waits");

        trial.Lanes.Abort(SessionKey.Main, "waits");
        var result = await waits.Completion.WaitAsync(Ct);

        Assert.Equal(TurnStatus.Aborted, result.Status);
        Assert.Equal(["holds the slot"], trial.Lanes.Running.Select(turn => turn.RunId));
    }
}
