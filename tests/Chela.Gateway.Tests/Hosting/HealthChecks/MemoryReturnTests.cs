using Chela.Gateway.Hosting.HealthChecks;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Hosting.HealthChecks;

[Trait("Requirement", "K7")]
public sealed class MemoryReturnTests
{
    [Fact]
    public void Memory_is_given_back_once_in_the_quiet_after_a_busy_time_and_never_in_the_midst_of_it()
    {
        using var memory = new MemoryReturn(new BackgroundLoops(TimeProvider.System, new Random(1), NullLogger<BackgroundLoops>.Instance));
        const long Busy = MemoryReturn.WorthBytes;

        Assert.False(memory.IsDue(Busy)); // the start itself
        Assert.False(memory.IsDue(2 * Busy));
        Assert.True(memory.IsDue((2 * Busy) + 1));
        Assert.False(memory.IsDue((2 * Busy) + 2));
        Assert.False(memory.IsDue((2 * Busy) + MemoryReturn.IdleBytes));
        Assert.False(memory.IsDue(4 * Busy));
        Assert.True(memory.IsDue(4 * Busy));
    }
}
