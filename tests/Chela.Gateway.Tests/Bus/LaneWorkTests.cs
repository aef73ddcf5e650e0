using Chela.Contracts.Sessions;

namespace Chela.Gateway.Tests.Bus;

/// <summary>Work that takes as long as a run, in the lane of its session.</summary>
[Trait("Requirement", "B4")]
public sealed class LaneWorkTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_done_between_the_runs_in_its_turn_and_has_a_place_among_them()
    {
        using var trial = new LaneTrial(maxConcurrent: 1);
        var (begun, mayEnd) = (Signal(), Signal());
        var before = trial.Enqueue("before");
        await trial.BegunAsync("before");

        var working = trial.Work.DoAsync(SessionKey.Main, "", async _ =>
        {
            begun.SetResult();
            await mayEnd.Task;
            return trial.Log;
        }, Ct);
        var after = trial.Enqueue("after");
        trial.LetEnd("before", "after", "elsewhere");
        await begun.Task.WaitAsync(Ct);
        var elsewhere = trial.Enqueue("elsewhere", "other");
        mayEnd.SetResult();

        Assert.Equal("+before -before", await working.WaitAsync(Ct)); // nothing ran beside it, in no session
        await Task.WhenAll(before.Completion, after.Completion, elsewhere.Completion).WaitAsync(Ct);
    }

    [Fact]
    public async Task What_is_done_and_what_waits_is_stopped_and_the_runs_go_on()
    {
        using var trial = new LaneTrial(maxConcurrent: 1);
        var work = trial.Work;
        var begun = Signal();
        var working = work.DoAsync(SessionKey.Main, "", ct => UntilStoppedAsync(begun, ct), Ct);
        await begun.Task.WaitAsync(Ct);
        var waiting = work.DoAsync<bool>(SessionKey.Main, "", _ => throw new InvalidOperationException("It was taken back."), Ct);
        var run = trial.Enqueue("run");

        var stopped = (await work.StopAsync(SessionKey.Of("main", "other")), await work.StopAsync(SessionKey.Main));

        Assert.Equal((0, 2), stopped);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working.WaitAsync(Ct));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Ct));
        trial.LetEnd("run");
        await run.Completion.WaitAsync(Ct);
        Assert.Equal(0, await work.StopAsync(SessionKey.Main));
    }

    [Fact]
    public async Task It_does_not_hold_up_the_end_of_a_gateway_that_can_wait_no_longer()
    {
        using var trial = new LaneTrial();
        var begun = Signal();
        var working = trial.Work.DoAsync(SessionKey.Main, "", ct => UntilStoppedAsync(begun, ct), Ct);
        await begun.Task.WaitAsync(Ct);

        await trial.Lanes.StopAsync(new CancellationToken(canceled: true)).WaitAsync(Ct);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working.WaitAsync(Ct));
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task<bool> UntilStoppedAsync(TaskCompletionSource begun, CancellationToken ct)
    {
        begun.SetResult();
        await Task.Delay(Timeout.Infinite, ct);
        return true;
    }
}
