using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Unfinished;
using Chela.Gateway.Bus;
using Chela.Gateway.Hosting;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Unfinished;

/// <summary>The disk refuses the outbox while the gateway starts.</summary>
[Trait("Requirement", "B4")]
public sealed class OwedRepliesTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private GatewayParts _parts = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string OutboxDirectory => new StatePaths(_folder.Path).OutboxDirectory;

    /// <summary>A process accepted a message and died; the next one cannot tell its sender that.</summary>
    public async ValueTask InitializeAsync()
    {
        var message = new InboundMessage("a", SessionKey.Main, "hello", "webhook", "ann", 1) { ReplyTo = new ReplyTarget("webhook", "shop", "7") };
        await using (var before = await GatewayParts.StartAsync(_folder, _clock))
        {
            await before.Get<Inbox>().AcceptAsync(message);
        }

        _parts = await GatewayParts.StartAsync(_folder, _clock);
        await _parts.Get<Outbox>().RecoverAsync(Ct);
        if (Directory.Exists(OutboxDirectory))
        {
            Directory.Delete(OutboxDirectory, recursive: true);
        }

        await File.WriteAllTextAsync(OutboxDirectory, "no folder", Ct);
        await _parts.Get<UnfinishedRuns>().SettleAsync(await _parts.Get<Inbox>().RecoverAsync(Ct), mayBeginAgain: true, Ct);
        await _clock.WhenTimerAsync(TimeSpan.FromSeconds(5)).WaitAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_it_refused_is_put_there_once_it_takes_it()
    {
        var before = (_parts.Get<Inbox>().Depth, _parts.Get<Outbox>().Depth);
        File.Delete(OutboxDirectory);
        _clock.Advance(TimeSpan.FromSeconds(5));
        await Patience.UntilAsync(_ => Task.FromResult(_parts.Get<Inbox>().Depth == 0), "the message was done with");

        Assert.Equal((1, 0), before);
        var owed = Assert.Single(_parts.Get<Outbox>().All);
        Assert.Equal(("a", Interruption.Sentence), (owed.Message.Id, owed.Message.Text));
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_the_disk_and_leaves_it_to_the_next_start()
    {
        await _parts.Get<OwedReplies>().StopAsync();
        var left = _parts.Get<Inbox>().Depth;
        File.Delete(OutboxDirectory);
        await using var next = await GatewayParts.StartAsync(_folder, _clock);
        await next.Get<UnfinishedRuns>().SettleAsync(await next.Get<Inbox>().RecoverAsync(Ct), mayBeginAgain: true, Ct);

        Assert.Equal(1, left);
        Assert.Equal("a", Assert.Single(next.Get<Outbox>().All).Message.Id);
        Assert.Equal(0, next.Get<Inbox>().Depth);
    }
}
