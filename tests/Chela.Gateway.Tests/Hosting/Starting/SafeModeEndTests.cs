using Chela.Gateway.Bus;
using Chela.Gateway.Hosting;
using Chela.Gateway.Hosting.Restarting;
using Chela.Gateway.Hosting.Starting;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Hosting.Starting;

[Trait("Requirement", "K7")]
public sealed class SafeModeEndTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_safe_mode_that_nobody_asked_for_and_nobody_ends_is_left_after_five_minutes()
    {
        await CrashAsync(3);
        await using var gateway = await StartAsync();

        Assert.NotNull(gateway.Get<Lifecycle>().SafeMode);
        _clock.Advance(SafeMode.Longest - TimeSpan.FromSeconds(1));
        Assert.False(gateway.Get<Restarts>().Asked.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        using var patience = Patience.Begin();
        Assert.Equal(GatewayEnd.Restart, await gateway.Get<Restarts>().Asked.WaitAsync(patience.Token));
    }

    [Fact]
    public async Task Ends_some_time_after_the_gateway_served_do_not_lead_to_it()
    {
        for (var life = 0; life < 5; life++)
        {
            await using var gateway = await StartAsync();
            Assert.Null(gateway.Get<Lifecycle>().SafeMode);
            _clock.Advance(StartRecord.Stable); // and then it is killed
        }
    }

    private async Task CrashAsync(int times)
    {
        for (var life = 0; life < times; life++)
        {
            await using var victim = await StartAsync();
        }
    }

    private async Task<GatewayParts> StartAsync()
    {
        var parts = await GatewayParts.StartAsync(_folder, _clock);
        await parts.Get<SafeMode>().DecideAsync(Ct);
        parts.Get<SafeMode>().Serves();
        return parts;
    }
}
