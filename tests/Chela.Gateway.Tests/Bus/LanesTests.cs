using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Bus;

[Trait("Requirement", "B1")]
public sealed class LanesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_turns_of_a_session_run_one_after_the_other_in_the_order_they_came()
    {
        using var trial = new LaneTrial();
        var turns = new[] { "a", "b", "c", "d" }.Select(run => trial.Enqueue(run)).ToList();

        trial.LetEnd("d", "c", "b", "a");
        await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(Ct);

        Assert.Equal("+a -a +b -b +c -c +d -d", trial.Log);
    }

    [Fact]
    public async Task A_turn_that_comes_when_its_lane_has_just_run_dry_runs_too()
    {
        using var trial = new LaneTrial();

        for (var n = 0; n < 500; n++)
        {
            trial.LetEnd($"{n}");
            await trial.Enqueue($"{n}").Completion.WaitAsync(Ct);
        }

        await trial.Lanes.StopAsync(Ct);
        Assert.Equal(0, trial.Lanes.Depth);
    }

    [Fact]
    public async Task Turns_of_different_sessions_run_side_by_side()
    {
        using var trial = new LaneTrial();

        var stuck = trial.Enqueue("stuck", "one");
        var others = Enumerable.Range(0, 20).Select(n => trial.Enqueue($"{n}", $"session-{n}")).ToList();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => trial.BegunAsync($"{n}")));
        trial.LetEnd([.. Enumerable.Range(0, 20).Select(n => $"{n}")]);
        await Task.WhenAll(others.Select(turn => turn.Completion)).WaitAsync(Ct);

        Assert.False(stuck.Completion.IsCompleted);
        trial.LetEnd("stuck");
        await stuck.Completion.WaitAsync(Ct);
    }

    [Fact]
    public async Task No_more_turns_run_at_once_than_the_gateway_allows()
    {
        using var trial = new LaneTrial(maxConcurrent: 2);
        var turns = new[] { "a", "b", "c" }.Select(run => trial.Enqueue(run, run)).ToList();
        var begun = await Task.WhenAny(Pairs(trial));
        await begun;

        var running = new[] { "a", "b", "c" }.Where(trial.HasBegun).ToList();
        trial.LetEnd("a", "b", "c");
        await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(Ct);

        Assert.Equal(2, running.Count);
        Assert.Equal("++-", string.Concat(trial.Log.Where(c => c is '+' or '-'))[..3]);
    }

    [Fact]
    public async Task Sub_agents_take_no_place_from_the_sessions_of_people()
    {
        using var trial = new LaneTrial(maxConcurrent: 1);
        var turns = new[] { trial.Enqueue("a", "subagent:1"), trial.Enqueue("b", "b") };

        await Task.WhenAll(trial.BegunAsync("a"), trial.BegunAsync("b")).WaitAsync(Ct);
        trial.LetEnd("a", "b");
        await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(Ct);
    }

    [Fact]
    [Trait("Requirement", "K3")]
    public async Task Where_more_may_run_what_waits_begins_at_once_people_and_sub_agents_each_by_their_own_limit()
    {
        using var trial = new LaneTrial(maxConcurrent: 1);
        string[] runs = ["a", "b", "sub-a", "sub-b"];
        var turns = runs.Select(run => trial.Enqueue(run, run.Replace("sub-", "subagent:", StringComparison.Ordinal))).ToList();
        await Task.WhenAny(trial.BegunAsync("a"), trial.BegunAsync("b"));
        await Task.WhenAny(trial.BegunAsync("sub-a"), trial.BegunAsync("sub-b"));

        trial.Limit(sessions: 2, subagents: 1);
        await Task.WhenAll(trial.BegunAsync("a"), trial.BegunAsync("b")).WaitAsync(Ct);
        var begun = runs.Count(trial.HasBegun);
        trial.Limit(sessions: 1, subagents: 2);
        await Task.WhenAll(runs.Select(trial.BegunAsync)).WaitAsync(Ct);

        Assert.Equal(3, begun);
        Assert.All(turns, turn => Assert.False(turn.Completion.IsCompleted)); // those that are too many now go on too
        trial.LetEnd(runs);
        await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(Ct);
    }

    [Fact]
    public async Task A_full_lane_refuses_instead_of_growing_and_takes_again_when_a_turn_has_ended()
    {
        using var trial = new LaneTrial();
        var first = trial.Enqueue("first");
        await trial.BegunAsync("first");
        for (var n = 0; n < new QueueSettings().Cap; n++)
        {
            trial.Enqueue($"{n}");
        }

        var refused = trial.Reserve("one more");
        var other = trial.Reserve("one more", "other");
        trial.LetEnd("first");
        await first.Completion.WaitAsync(Ct);
        await trial.BegunAsync("0");
        var again = trial.Reserve("one more");

        Assert.Equal((Reservation.LaneFull, Reservation.Made, Reservation.Made), (refused, other, again));
    }

    [Fact]
    public void A_place_that_is_given_back_can_be_taken_again()
    {
        using var trial = new LaneTrial();
        var taken = 0;
        while (trial.Reserve("run") == Reservation.Made)
        {
            taken++;
        }

        trial.Release("run");
        Reservation[] again = [trial.Reserve("run"), trial.Reserve("run")];
        for (var n = 0; n < taken; n++)
        {
            trial.Release("run");
        }

        Assert.Equal(new QueueSettings().Cap + 1, taken);
        Assert.Equal([Reservation.Made, Reservation.LaneFull], again);
        Assert.Equal(0, trial.Lanes.Depth);
    }

    [Fact]
    public async Task A_run_that_throws_does_not_hold_up_its_lane()
    {
        TurnHandler handle = (turn, _) => turn.RunId == "bad" ? throw new InvalidOperationException("unforeseen") : Complete(turn);
        using var slots = new RunSlots(new TurnHandlers(handle, handle), new RunLimits(1, 1), new AuditRecorder(), NullLogger<RunSlots>.Instance);
        using var lanes = new Lanes(slots, new LaneRoom(LaneRoom.MostBytes), new GatewayMeter(), TimeProvider.System, NullLogger<Lanes>.Instance);
        Turn[] turns = [LaneTrial.Turn("bad"), LaneTrial.Turn("good")];
        foreach (var turn in turns)
        {
            Assert.Equal(Reservation.Made, lanes.Reserve(turn.Message, turn.Queue));
            lanes.Enqueue(turn);
        }

        var results = await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(Ct);
        await lanes.StopAsync(Ct);

        Assert.Equal([TurnStatus.Failed, TurnStatus.Done], results.Select(result => result.Status));
        Assert.Equal(0, lanes.Depth);

        static Task Complete(Turn turn)
        {
            turn.Complete(new TurnResult(TurnStatus.Done, "", null, null, 1));
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task The_turns_of_a_session_can_be_seen_the_running_one_first()
    {
        using var trial = new LaneTrial();
        var turns = new[] { "a", "b", "c" }.Select(run => trial.Enqueue(run)).ToList();
        trial.Enqueue("x", "other");
        await trial.BegunAsync("a");

        var seen = trial.Lanes.Of(SessionKey.Main).Select(turn => turn.RunId);
        var depth = trial.Lanes.Depth;
        trial.LetEnd("a", "b", "c", "x");
        await trial.Lanes.StopAsync(Ct);

        Assert.Equal(["a", "b", "c"], seen);
        Assert.Equal(4, depth);
        Assert.Empty(trial.Lanes.Of(SessionKey.Main));
        Assert.False(trial.Lanes.IsBusy(SessionKey.Main));
        Assert.All(turns, turn => Assert.True(turn.Completion.IsCompletedSuccessfully));
    }

    [Fact]
    [Trait("Requirement", "B6")]
    public async Task One_run_or_all_of_a_session_can_be_stopped_whether_they_run_or_wait()
    {
        using var trial = new LaneTrial();
        var turns = new[] { "a", "b", "c", "d" }.Select(run => trial.Enqueue(run)).ToList();
        var other = trial.Enqueue("x", "other");
        await trial.BegunAsync("a");

        var one = trial.Lanes.Abort(SessionKey.Main, "c");
        var again = trial.Lanes.Abort(SessionKey.Main, "c");
        var unknown = trial.Lanes.Abort(SessionKey.Main, "x");
        var rest = trial.Lanes.Abort(SessionKey.Main, null);
        var results = await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(Ct);

        Assert.Equal(["c"], one);
        Assert.Empty(again);
        Assert.Empty(unknown);
        Assert.Equal(["a", "b", "d"], rest);
        Assert.All(results, result => Assert.Equal(TurnStatus.Aborted, result.Status));
        Assert.False(other.Completion.IsCompleted);
        trial.LetEnd("x");
        await other.Completion.WaitAsync(Ct);
        Assert.Empty(trial.Lanes.Abort(SessionKey.Of("main", "other"), null));
    }

    [Fact]
    [Trait("Requirement", "K9")]
    public async Task Stopping_lets_everything_end_that_runs_or_waits()
    {
        using var trial = new LaneTrial();
        var turns = new[] { "a", "b" }.Select(run => trial.Enqueue(run)).Append(trial.Enqueue("x", "other")).ToList();

        var stopped = trial.Lanes.StopAsync(Ct);
        await trial.BegunAsync("a");
        var isEarly = stopped.IsCompleted;
        trial.LetEnd("a", "b", "x");
        await stopped.WaitAsync(Ct);

        Assert.False(isEarly);
        Assert.All(turns, turn => Assert.True(turn.Completion.IsCompletedSuccessfully));
        Assert.Equal(0, trial.Lanes.Depth);
    }

    [Fact]
    [Trait("Requirement", "K9")]
    public async Task When_stopping_may_wait_no_longer_what_runs_and_waits_is_interrupted()
    {
        using var trial = new LaneTrial(maxConcurrent: 1);
        var turns = new[] { "a", "b" }.Select(run => trial.Enqueue(run)).Append(trial.Enqueue("x", "other")).ToList();
        using var giveUp = new CancellationTokenSource();
        var stopped = trial.Lanes.StopAsync(giveUp.Token);

        await giveUp.CancelAsync();
        await stopped.WaitAsync(Ct);
        var results = await Task.WhenAll(turns.Select(turn => turn.Completion)).WaitAsync(Ct);

        Assert.All(results, result => Assert.Equal(TurnStatus.Interrupted, result.Status));
    }

    [Fact]
    public async Task Stopping_with_nothing_to_do_ends_at_once()
    {
        using var trial = new LaneTrial();

        await trial.Lanes.StopAsync(Ct).WaitAsync(Ct);

        Assert.Equal("", trial.Log);
    }

    /// <summary>Each two of the three runs having begun.</summary>
    private static Task[] Pairs(LaneTrial trial) =>
    [
        Task.WhenAll(trial.BegunAsync("a"), trial.BegunAsync("b")),
        Task.WhenAll(trial.BegunAsync("a"), trial.BegunAsync("c")),
        Task.WhenAll(trial.BegunAsync("b"), trial.BegunAsync("c")),
    ];
}
