using Chela.Gateway.Channels;
using Chela.Gateway.Channels.Telegram;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Telegram;

/// <summary>A Bot API that does not answer is one that cannot be reached, and never a cancellation of ours: a file that hangs must not come for ever.</summary>
[Trait("Requirement", "C3")]
public sealed class TelegramApiTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_and_a_file_are_waited_for_a_minute()
    {
        using var deaf = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        deaf.Start(); // accepts, and says nothing
        var time = new ManualTimeProvider();
        using var api = new TelegramApi(time);
        var account = new TelegramAccountConfig { BotToken = FakeTelegram.Token, ApiRoot = $"http://{deaf.LocalEndpoint}" };

        var call = api.GetMeAsync(account, Ct);
        await time.WhenTimerAsync(PlatformHttp.Limit);
        time.Advance(PlatformHttp.Limit);
        var failed = await Assert.ThrowsAsync<HttpRequestException>(() => call);
        var file = api.DownloadAsync(account, "documents/big", Ct);
        await time.WhenTimerAsync(PlatformHttp.Limit);
        time.Advance(PlatformHttp.Limit);
        await Assert.ThrowsAsync<HttpRequestException>(() => file);

        Assert.DoesNotContain("AAE", failed.ToString(), StringComparison.Ordinal);
    }
}
