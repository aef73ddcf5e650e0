using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Bus;

/// <summary>Changes of a session as a whole take their turn in its lane.</summary>
[Trait("Requirement", "B4")]
public sealed class LaneChangeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_a_session_is_changed_nothing_runs_there_and_what_comes_meanwhile_runs_afterwards()
    {
        using var trial = new LaneTrial();
        var mayEnd = new TaskCompletionSource();
        var before = new[] { trial.Enqueue("running"), trial.Enqueue("waiting") };
        await trial.BegunAsync("running");

        var changing = trial.Changes.StopAndChangeAsync(SessionKey.Main, async () =>
        {
            await mayEnd.Task;
            return trial.Log;
        });
        var after = trial.Enqueue("after");
        var elsewhere = trial.Enqueue("elsewhere", "other");
        trial.LetEnd("after", "elsewhere");
        await elsewhere.Completion.WaitAsync(Ct);
        var hasBegun = trial.HasBegun("after");
        mayEnd.SetResult();
        var logAtTheEnd = await changing.WaitAsync(Ct);
        await after.Completion.WaitAsync(Ct);

        Assert.Equal((false, true), (hasBegun, trial.HasBegun("after")));
        Assert.Equal([TurnStatus.Aborted, TurnStatus.Aborted], (await Task.WhenAll(before.Select(turn => turn.Completion))).Select(result => result.Status));
        Assert.StartsWith("+running -running +waiting -waiting", logAtTheEnd.Replace(" +elsewhere -elsewhere", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_ends_within_the_call_that_stops_it_lets_nothing_past_the_change()
    {
        using var slots = new RunSlots(new TurnHandlers(EndInline, EndInline), new RunLimits(10, 10), new AuditRecorder(), NullLogger<RunSlots>.Instance);
        using var lanes = new Lanes(slots, new LaneRoom(LaneRoom.MostBytes), new GatewayMeter(), TimeProvider.System, NullLogger<Lanes>.Instance);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (running, after) = (LaneTrial.Turn("running"), LaneTrial.Turn("after"));
        Assert.Equal(Reservation.Made, lanes.Reserve(running.Message, running.Queue));
        lanes.Enqueue(running);
        await Patience.UntilAsync(_ => Task.FromResult(running.SessionId is not null), "the run had begun");

        var changing = new LaneChanges(lanes).StopAndChangeAsync(SessionKey.Main, async () =>
        {
            await mayEnd.Task;
            return after.SessionId;
        });
        Assert.Equal(Reservation.Made, lanes.Reserve(after.Message, after.Queue));
        lanes.Enqueue(after);
        await running.Completion.WaitAsync(Ct);
        mayEnd.SetResult();

        Assert.Null(await changing.WaitAsync(Ct));
        after.Abort();
        await after.Completion.WaitAsync(Ct);

        static Task EndInline(Turn turn, CancellationToken stopping)
        {
            var end = new TaskCompletionSource(); // whoever awaits it goes on within the call that sets it
            turn.SessionId = "has begun";
            turn.Aborted.Register(() =>
            {
                turn.Complete(new TurnResult(TurnStatus.Aborted, "", null, null, 1));
                end.SetResult();
            });
            return end.Task;
        }
    }

    [Fact]
    public async Task A_change_that_fails_is_told_to_who_asked_and_the_lane_goes_on()
    {
        using var trial = new LaneTrial();

        var failure = await Assert.ThrowsAsync<IOException>(() => trial.Changes.StopAndChangeAsync<bool>(SessionKey.Main, () => throw new IOException("full")));
        trial.LetEnd("next");
        await trial.Enqueue("next").Completion.WaitAsync(Ct);

        Assert.Equal("full", failure.Message);
    }

    [Fact]
    public async Task A_change_that_waits_for_its_turn_stops_nothing()
    {
        using var trial = new LaneTrial();
        Turn[] before = [trial.Enqueue("runs"), trial.Enqueue("waits")];
        await trial.BegunAsync("runs");

        var changing = trial.Changes.ChangeInTurn(SessionKey.Main, "", () => Task.FromResult(trial.Log), Ct)!;
        trial.LetEnd("runs", "waits");

        Assert.Equal("+runs -runs +waits -waits", await changing.WaitAsync(Ct));
        Assert.All(before, turn => Assert.Equal(TurnStatus.Done, turn.Completion.Result.Status));
    }

    [Fact]
    public async Task Whoever_leaves_before_the_turn_of_a_change_takes_it_back_with_its_room()
    {
        const string Long = "a text that is held in memory while it waits";
        using var trial = new LaneTrial(maxBytes: 4 * 1024);
        using var caller = new CancellationTokenSource();
        trial.Enqueue("runs");
        await trial.BegunAsync("runs");
        var isChanged = false;
        var changes = Enumerable.Range(0, 2).Select(_ => trial.Changes.ChangeInTurn(SessionKey.Main, Long, ChangeAsync, caller.Token)!).ToList();

        var refused = trial.Changes.ChangeInTurn(SessionKey.Main, Long, ChangeAsync, caller.Token);
        await caller.CancelAsync();
        foreach (var change in changes)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => change);
        }

        trial.LetEnd("runs");
        await trial.Lanes.StopAsync(Ct);

        Assert.Null(refused);
        Assert.False(isChanged);
        Assert.True(await trial.Changes.ChangeInTurn(SessionKey.Main, Long, ChangeAsync, Ct)!.WaitAsync(Ct));

        Task<bool> ChangeAsync() => Task.FromResult(isChanged = true);
    }
}
