using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels;

[Trait("Requirement", "C3")]
public sealed class PaceTests
{
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_messages_come_at_once_and_a_flood_comes_twenty_a_second_until_it_is_over()
    {
        var pace = new Pace(_clock);
        for (var message = 0; message < Pace.Burst; message++)
        {
            Assert.True(pace.WaitAsync(Ct).IsCompleted);
        }

        var (next, after) = (pace.WaitAsync(Ct), pace.WaitAsync(Ct));
        Assert.False(next.IsCompleted);
        _clock.Advance(Pace.Each);
        await next;
        Assert.False(after.IsCompleted);
        _clock.Advance(Pace.Each);
        await after;

        _clock.Advance(Pace.Each * Pace.Burst); // a rest gives back what was used
        for (var message = 0; message < Pace.Burst; message++)
        {
            Assert.True(pace.WaitAsync(Ct).IsCompleted);
        }
    }
}
