using Chela.Gateway.Agents;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents;

[Trait("Requirement", "B6")]
public sealed class ImpatientStreamTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _mayGoOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hasEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _heard = [];
    private Task? _left;

    [Fact]
    public async Task A_model_that_does_not_stop_is_left_behind_after_the_grace_and_what_it_still_says_is_thrown_away()
    {
        var reading = ReadAsync(DeafAsync());
        await _stop.CancelAsync();

        _clock.Advance(ImpatientStream.Grace - TimeSpan.FromTicks(1));
        var early = reading.IsCompleted;
        _clock.Advance(TimeSpan.FromTicks(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        _mayGoOn.SetResult();
        await _left!.WaitAsync(TestContext.Current.CancellationToken);

        Assert.False(early);
        Assert.True(_hasEnded.Task.IsCompleted);
        Assert.Equal(["first"], _heard);
    }

    [Fact]
    public async Task A_model_that_stops_within_the_grace_ends_its_run_itself()
    {
        var reading = ReadAsync(DeafAsync());
        await _stop.CancelAsync();
        _clock.Advance(ImpatientStream.Grace / 2);

        _mayGoOn.SetResult();
        await reading.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["first", "late"], _heard);
        Assert.Null(_left);
    }

    [Fact]
    public async Task However_long_a_model_takes_that_was_not_told_to_stop_it_is_waited_for()
    {
        var reading = ReadAsync(DeafAsync());
        _clock.Advance(TimeSpan.FromDays(1));

        _mayGoOn.SetResult();
        await reading.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["first", "late"], _heard);
        Assert.True(_hasEnded.Task.IsCompleted);
    }

    [Fact]
    public async Task A_failure_of_the_model_is_told_as_it_is()
    {
        var failure = await Assert.ThrowsAsync<IOException>(() => ReadAsync(FailingAsync()));

        Assert.Equal("gone", failure.Message);
        Assert.Null(_left);
    }

    public void Dispose() => _stop.Dispose();

    private async Task ReadAsync(IAsyncEnumerable<string> stream)
    {
        await foreach (var word in ImpatientStream.ReadAsync(stream, left => _left = left, _clock, _stop.Token))
        {
            _heard.Add(word);
        }
    }

    private async IAsyncEnumerable<string> DeafAsync()
    {
        try
        {
            yield return "first";
            await _mayGoOn.Task;
            yield return "late";
        }
        finally
        {
            _hasEnded.SetResult();
        }
    }

    private static async IAsyncEnumerable<string> FailingAsync()
    {
        yield return "first";
        await Task.Yield();
        throw new IOException("gone");
    }
}
