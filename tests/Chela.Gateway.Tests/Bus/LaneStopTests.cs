using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Bus;

/// <summary>Messages that are stopped while they wait.</summary>
[Trait("Requirement", "B6")]
public sealed class LaneStopTests
{
    private static readonly QueueSettings One = new() { Cap = 1 };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_is_stopped_while_another_runs_ends_at_once_and_is_written_down_in_its_turn()
    {
        using var trial = new LaneTrial();
        var running = trial.Enqueue("runs");
        await trial.BegunAsync("runs");
        var waiting = trial.Enqueue("waits");

        trial.Lanes.Abort(SessionKey.Main, "waits");
        var result = await waiting.Completion.WaitAsync(Ct);
        var hasBegun = trial.HasBegun("waits");
        trial.LetEnd("runs");
        await trial.BegunAsync("waits");

        Assert.Equal((TurnStatus.Aborted, false), (result.Status, hasBegun));
        Assert.Equal(TurnStatus.Done, (await running.Completion).Status);
        await trial.Lanes.StopAsync(Ct);
        Assert.Equal("+runs -runs +waits -waits", trial.Log);
    }

    [Fact]
    public async Task Its_place_is_free_at_once()
    {
        using var trial = new LaneTrial();
        trial.Enqueue("runs", queue: One);
        await trial.BegunAsync("runs");
        var waiting = trial.Enqueue("waits", queue: One);
        var full = trial.Reserve("next", queue: One);

        trial.Lanes.Abort(SessionKey.Main, "waits");
        await waiting.Completion.WaitAsync(Ct);

        Assert.Equal((Reservation.LaneFull, Reservation.Made), (full, trial.Reserve("next", queue: One)));
        trial.Release("next");
        trial.LetEnd("runs");
    }

    [Fact]
    [Trait("Requirement", "B1")]
    public async Task Sending_and_stopping_again_and_again_beside_a_run_that_does_not_end_is_refused_in_the_end()
    {
        using var trial = new LaneTrial();
        trial.Enqueue("runs", queue: One);
        await trial.BegunAsync("runs");

        var taken = 0;
        while (taken < 2 * Lanes.MaxInLane && trial.Reserve("next", queue: One) == Reservation.Made)
        {
            var turn = LaneTrial.Turn($"{taken++}", queue: One);
            trial.Lanes.Enqueue(turn);
            turn.Abort();
        }

        Assert.Equal(Lanes.MaxInLane, taken);
        trial.LetEnd("runs");
        await trial.Lanes.StopAsync(Ct);
        Assert.Equal(0, trial.Lanes.Depth);
    }

    [Fact]
    public async Task Where_it_cannot_be_told_now_it_ends_in_its_turn()
    {
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handlers = new TurnHandlers(RunAsync, (_, _) => throw new InvalidOperationException("unforeseen"));
        using var slots = new RunSlots(handlers, new RunLimits(10, 10), new AuditRecorder(), NullLogger<RunSlots>.Instance);
        using var lanes = new Lanes(slots, new LaneRoom(LaneRoom.MostBytes), new GatewayMeter(), TimeProvider.System, NullLogger<Lanes>.Instance);
        var (first, second) = (Enqueue("first"), Enqueue("second"));

        second.Abort();
        await second.Telling.WaitAsync(Ct);
        var isEarly = second.Completion.IsCompleted;
        mayEnd.SetResult();

        Assert.False(isEarly);
        Assert.Equal(TurnStatus.Done, (await second.Completion.WaitAsync(Ct)).Status);
        Assert.True(first.Completion.IsCompleted);

        Turn Enqueue(string runId)
        {
            var turn = LaneTrial.Turn(runId);
            Assert.Equal(Reservation.Made, lanes.Reserve(turn.Message, turn.Queue));
            lanes.Enqueue(turn);
            return turn;
        }

        async Task RunAsync(Turn turn, CancellationToken stopping)
        {
            await mayEnd.Task;
            turn.Complete(new TurnResult(TurnStatus.Done, "", null, null, 1));
        }
    }

    [Fact]
    [Trait("Requirement", "B1")]
    public async Task A_run_that_gives_its_slot_back_lets_others_run_and_takes_one_again_when_there_is_one()
    {
        var diskIsFree = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (waits, other) = (LaneTrial.Turn("waits"), LaneTrial.Turn("other", "other"));
        using var slots = new RunSlots(new TurnHandlers(RunAsync, RunAsync), new RunLimits(1, 1), new AuditRecorder(), NullLogger<RunSlots>.Instance);

        var waiting = slots.RunAsync(waits, Ct);
        await slots.RunAsync(other, Ct).WaitAsync(Ct);
        var isEarly = waits.Completion.IsCompleted;
        diskIsFree.SetResult();
        await waiting.WaitAsync(Ct);
        var next = LaneTrial.Turn("next");
        await slots.RunAsync(next, Ct).WaitAsync(Ct); // what was taken again was given back again

        Assert.False(isEarly);
        Assert.All([waits, other, next], turn => Assert.Equal(TurnStatus.Done, turn.Completion.Result.Status));

        async Task RunAsync(Turn turn, CancellationToken stopping)
        {
            if (turn == waits)
            {
                turn.Slot!.Release();
                await diskIsFree.Task;
                await turn.Slot.TakeAsync(turn.Aborted);
            }

            turn.Complete(new TurnResult(TurnStatus.Done, "", null, null, 1));
        }
    }

    [Fact]
    [Trait("Requirement", "K9")]
    public async Task Runs_that_a_stop_waits_for_and_those_that_it_cuts_off_are_named_in_the_log_and_no_more_than_fit()
    {
        var log = new LogRecorder<Lanes>();
        using var trial = new LaneTrial(logger: log);
        trial.Enqueue("runs");
        await trial.BegunAsync("runs");
        trial.Enqueue("two\nlines" + new string('x', 1000), "s0");
        foreach (var number in Enumerable.Range(1, UnfinishedTurns.MostNamed - 1))
        {
            trial.Enqueue($"run-{number}", $"s{number}");
        }

        await CutShortAsync(trial);

        Assert.Collection(
            log.Lines,
            awaited => Assert.StartsWith("The stop waits for 51 runs: runs of agent:main:main, two?lines", awaited, StringComparison.Ordinal),
            cut => Assert.StartsWith("Stopping with 51 runs that have not ended; the next start finds them again: runs of agent:main:main, two?lines", cut, StringComparison.Ordinal));
        Assert.All(log.Lines, line => Assert.EndsWith("x… of agent:main:s0, run-1 of agent:main:s1", line[..line.IndexOf(", run-2 ", StringComparison.Ordinal)], StringComparison.Ordinal));
        Assert.All(log.Lines, line => Assert.EndsWith(", run-48 of agent:main:s48 and 1 more", line, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "K9")]
    public async Task A_stop_that_cuts_off_nothing_but_a_change_of_a_session_names_no_runs()
    {
        var log = new LogRecorder<Lanes>();
        using var trial = new LaneTrial(logger: log);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var changing = trial.Changes.StopAndChangeAsync(SessionKey.Main, async () =>
        {
            begun.SetResult();
            await mayEnd.Task;
            return true;
        });
        await begun.Task.WaitAsync(Ct);
        trial.Lanes.Stopping.Register(mayEnd.SetResult);

        await CutShortAsync(trial);

        Assert.True(await changing.WaitAsync(Ct));
        Assert.Equal("Stopping before all changes of sessions have ended; every run has", Assert.Single(log.Lines));
    }

    private static async Task CutShortAsync(LaneTrial trial)
    {
        using var limit = new CancellationTokenSource();
        var stop = trial.Lanes.StopAsync(limit.Token);
        await limit.CancelAsync();
        await stop.WaitAsync(Ct);
    }
}
