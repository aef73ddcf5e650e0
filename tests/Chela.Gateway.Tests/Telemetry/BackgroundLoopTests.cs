using Chela.Gateway.Hosting.HealthChecks;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Telemetry;

[Trait("Requirement", "K7")]
public sealed class BackgroundLoopTests : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(7);

    private readonly ManualTimeProvider _clock = new();
    private readonly LogRecorder<BackgroundLoops> _log = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly BackgroundLoops _loops;
    private int _steps;
    private Task _work = Task.CompletedTask;

    public BackgroundLoopTests() => _loops = new BackgroundLoops(_clock, new Half(), _log);

    [Fact]
    public async Task A_loop_that_dies_is_begun_again_later_and_later_and_rests_where_it_goes_on_dying()
    {
        Begin(_ => throw new InvalidOperationException("a fault of the program"));
        var waits = new List<double>();
        foreach (var seconds in (double[])[1, 2, 4, 8, BackgroundLoop.Rest.TotalSeconds])
        {
            await StepAsync();
            await _clock.WhenTimerAsync(TimeSpan.FromSeconds(seconds));
            waits.Add(seconds);
            var finding = new LoopsCheck(_loops).Look();
            Assert.Equal(waits.Count < BackgroundLoop.MostDeaths ? HealthLevel.Degraded : HealthLevel.Down, finding.Level);
            Assert.StartsWith("the sweep failed", finding.Reason, StringComparison.Ordinal);
            _clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        Assert.Equal("The sweep failed, 5 times by now; it is begun again in 600.0 s", _log.Lines.Last());
    }

    [Fact]
    public async Task A_loop_that_works_again_is_well()
    {
        Begin(step => step == 1 ? throw new InvalidOperationException("a fault of the program") : Task.CompletedTask);
        await StepAsync();
        await _clock.WhenTimerAsync(BackgroundLoop.FirstWait);
        _clock.Advance(BackgroundLoop.FirstWait);
        await StepAsync();

        await Patience.UntilAsync(_ => Task.FromResult(new LoopsCheck(_loops).Look() == HealthFinding.Fine), "the loop is well");
    }

    [Fact]
    public async Task A_loop_that_hangs_at_a_step_is_told_and_ends_when_it_is_to()
    {
        Begin(_ => Task.Delay(Timeout.InfiniteTimeSpan, _stopping.Token));
        await StepAsync();
        _clock.Advance(LoopsCheck.LongestStep + TimeSpan.FromMinutes(1));
        var finding = new LoopsCheck(_loops).Look();
        await _stopping.CancelAsync();
        await _work;

        Assert.Equal(HealthFinding.Degraded("the sweep has been at the same step for 6 minutes"), finding);
        Assert.Empty(_log.Lines);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        _stopping.Dispose();
    }

    private void Begin(Func<int, Task> step) => _work = _loops.RunAsync("sweep", Period, _ => step(Interlocked.Increment(ref _steps)), _stopping.Token);

    /// <summary>Lets the period pass, and waits until the step has begun.</summary>
    private async Task StepAsync()
    {
        var before = Volatile.Read(ref _steps);
        await _clock.WhenTimerAsync(Period);
        _clock.Advance(Period);
        await Patience.UntilAsync(_ => Task.FromResult(Volatile.Read(ref _steps) > before), "the step was done");
    }

    /// <summary>Always says one half: no time is longer or shorter than meant.</summary>
    private sealed class Half : Random
    {
        public override double NextDouble() => 0.5;
    }
}
