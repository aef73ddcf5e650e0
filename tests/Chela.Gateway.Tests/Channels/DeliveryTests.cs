using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Channels;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Channels;

[Trait("Requirement", "O3")]
public sealed class DeliveryTests
{
    private static readonly string LongText = string.Join("\n\n", Enumerable.Range(1, 3).Select(n => new string((char)('a' + n), 40)));

    private readonly ManualTimeProvider _clock = new();
    private readonly FakeChannel _channel = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The steps of storage that a delivery passes.</summary>
    public static TheoryData<string> Steps =>
    [
        StorageSteps.JournalBeforeWrite, StorageSteps.JournalAfterWrite, StorageSteps.JournalBeforeFsync, StorageSteps.JournalAfterFsync,
    ];

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task A_long_text_arrives_in_pieces_in_order_and_targets_do_not_wait_for_each_other()
    {
        await using var trial = new StorageTrial();
        var outbox = Outbox(trial);
        var release = new TaskCompletionSource();
        _channel.Answer = async (piece, _) =>
        {
            if (piece.Target.Chat == "slow")
            {
                await release.Task;
            }

            return SendOutcome.Sent(null);
        };
        using var delivery = Started(outbox);

        await outbox.TryEnqueueAsync(Message("s1", "slow"));
        await outbox.TryEnqueueAsync(Message("s2", "slow"));
        await outbox.TryEnqueueAsync(Message("a1", text: LongText));
        await outbox.TryEnqueueAsync(Message("a2"));
        await _channel.WhenAsync(sends => sends.Contains("a2#1"));
        var before = _channel.Sends;
        release.SetResult();
        await _channel.WhenAsync(sends => sends.Contains("s2#1"));

        Assert.Equal(["a1#1", "a1#2", "a1#3", "a2#1"], before.Where(key => key[0] == 'a').Order(StringComparer.Ordinal));
        Assert.Equal(before.Where(key => key[0] == 'a'), before.Where(key => key[0] == 'a').Order(StringComparer.Ordinal));
        Assert.DoesNotContain("s2#1", before);
    }

    [Fact]
    public async Task What_fails_is_tried_again_and_given_up_after_twelve_tries_and_the_next_has_its_turn()
    {
        await using var trial = new StorageTrial();
        var outbox = Outbox(trial);
        _channel.Answer = (piece, _) => Task.FromResult(piece.MessageId == "a" ? SendOutcome.Later("down") : SendOutcome.Sent(null));
        using var delivery = Started(outbox);
        await outbox.TryEnqueueAsync(Message("a"));
        await outbox.TryEnqueueAsync(Message("b"));

        for (var attempt = 1; attempt < Delivery.MaxAttempts; attempt++)
        {
            await _channel.WhenAsync(sends => sends.Count >= attempt);
            await AdvanceUntilAsync(TimeSpan.FromMinutes(6), sends => sends.Count > attempt);
        }

        await _channel.WhenAsync(sends => sends.Contains("b#1"));
        var dead = Assert.Single(outbox.All, item => item.IsDead);

        Assert.Equal(Delivery.MaxAttempts, _channel.Sends.Count(key => key == "a#1"));
        Assert.Equal(("a", $"Given up after {Delivery.MaxAttempts} tries. down"), (dead.Message.Id, dead.Reason));
    }

    [Fact]
    public async Task The_wait_that_the_platform_asks_for_is_kept()
    {
        await using var trial = new StorageTrial();
        var outbox = Outbox(trial);
        _channel.Answer = (_, _) => Task.FromResult(_channel.Sends.Count == 1 ? SendOutcome.Later("busy", TimeSpan.FromMinutes(20)) : SendOutcome.Sent(null));
        using var delivery = Started(outbox);
        await outbox.TryEnqueueAsync(Message("a"));

        await _clock.WhenTimerAsync(TimeSpan.FromMinutes(20)).WaitAsync(Ct);
        _clock.Advance(TimeSpan.FromMinutes(19));
        var early = _channel.Sends.Count;
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _channel.WhenAsync(sends => sends.Count == 2);

        Assert.Equal(1, early);
    }

    [Fact]
    public async Task What_a_channel_throws_is_a_failure_that_may_pass()
    {
        await using var trial = new StorageTrial();
        var outbox = Outbox(trial);
        _channel.Answer = (_, _) => _channel.Sends.Count == 1 ? throw new InvalidOperationException("a bug") : Task.FromResult(SendOutcome.Sent(null));
        using var delivery = Started(outbox);
        await outbox.TryEnqueueAsync(Message("a"));

        await _channel.WhenAsync(sends => sends.Count == 1);
        await AdvanceUntilAsync(TimeSpan.FromMinutes(1), sends => sends.Count == 2);
        await delivery.StopAsync(Ct);

        Assert.Empty(outbox.All);
    }

    [Fact]
    public async Task A_message_that_is_dropped_while_it_waits_for_its_next_try_lets_the_next_through()
    {
        await using var trial = new StorageTrial();
        var outbox = Outbox(trial);
        _channel.Answer = (piece, _) => Task.FromResult(piece.MessageId == "a" ? SendOutcome.Later("down", TimeSpan.FromMinutes(30)) : SendOutcome.Sent(null));
        using var delivery = Started(outbox);
        await outbox.TryEnqueueAsync(Message("a"));
        await outbox.TryEnqueueAsync(Message("b"));
        await _clock.WhenTimerAsync(TimeSpan.FromMinutes(30)).WaitAsync(Ct);

        var dropped = await outbox.DropAsync("a");
        await _channel.WhenAsync(sends => sends.Contains("b#1"));

        Assert.Equal(OutboxChange.Done, dropped);
        Assert.Equal(["a#1", "b#1"], _channel.Sends);
    }

    [Fact]
    [Trait("Requirement", "K9")]
    public async Task Stopping_waits_for_the_piece_that_is_being_sent_and_leaves_the_rest_for_the_next_start()
    {
        await using var trial = new StorageTrial();
        var outbox = Outbox(trial);
        var release = new TaskCompletionSource();
        _channel.Answer = async (_, _) =>
        {
            await release.Task;
            return SendOutcome.Sent(null);
        };
        using var delivery = Started(outbox);
        await outbox.TryEnqueueAsync(Message("a", text: LongText));
        await _channel.WhenAsync(sends => sends.Count == 1);

        var stopping = delivery.StopAsync(Ct);
        var isEarly = stopping.IsCompleted;
        release.SetResult();
        await stopping;
        var item = Assert.Single((await ReopenedAsync(trial)).All);

        Assert.False(isEarly);
        Assert.Equal((1, "a#1"), (item.Arrived, Assert.Single(_channel.Sends)));
    }

    [Theory]
    [Trait("Requirement", "B4")]
    [MemberData(nameof(Steps))]
    public async Task Whenever_the_process_dies_every_piece_arrives_and_one_that_is_known_to_have_arrived_is_not_sent_again(string step)
    {
        for (var count = 1; count <= 6; count++)
        {
            await using var trial = new StorageTrial();
            var channel = new FakeChannel();
            var crashed = await CrashAsync(trial, channel, step, count);
            var sentBefore = channel.Sends;
            trial.AtStep = _ => { };
            var outbox = await ReopenedAsync(trial);
            var known = outbox.All.SingleOrDefault()?.Arrived ?? 0;

            using var delivery = new Delivery(outbox, [channel], _clock, NullLogger<Delivery>.Instance);
            delivery.Start();
            Assert.True(await outbox.TryEnqueueAsync(Message("a", text: LongText))); // as recovery does, for the run had not ended
            await channel.WhenAsync(sends => sends.Contains("a#3"));
            await delivery.StopAsync(Ct);
            var again = channel.Sends.Skip(sentBefore.Count);

            Assert.Equal(["a#1", "a#2", "a#3"], channel.Sends.Distinct());
            Assert.DoesNotContain(again, key => int.Parse(key[2..], provider: null) <= known);
            Assert.InRange(channel.Sends.Count, 3, crashed ? 4 : 3);
        }
    }

    /// <summary>Delivers until the step is passed for the nth time; from then on nothing reaches the disk any more.</summary>
    private async Task<bool> CrashAsync(StorageTrial trial, FakeChannel channel, string step, int count)
    {
        var dead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        trial.AtStep = passed =>
        {
            if (dead.Task.IsCompleted || (passed == step && trial.Passed(step) == count))
            {
                dead.TrySetResult();
                throw new SimulatedCrashException(passed);
            }
        };
        var outbox = Outbox(trial);
        using var delivery = new Delivery(outbox, [channel], _clock, NullLogger<Delivery>.Instance);
        delivery.Start();
        if (await outbox.TryEnqueueAsync(Message("a", text: LongText)))
        {
            using var patience = Patience.Begin();
            await Task.WhenAny(dead.Task, channel.WhenAsync(sends => sends.Count == 3));
        }

        await delivery.StopAsync(Ct);
        return dead.Task.IsCompleted;
    }

    private async Task AdvanceUntilAsync(TimeSpan step, Func<IReadOnlyList<string>, bool> holds)
    {
        using var patience = Patience.Begin();
        while (!holds(_channel.Sends))
        {
            patience.Token.ThrowIfCancellationRequested();
            _clock.Advance(step);
            await Task.Yield();
        }
    }

    private Delivery Started(Outbox outbox)
    {
        var delivery = new Delivery(outbox, [_channel], _clock, NullLogger<Delivery>.Instance);
        delivery.Start();
        return delivery;
    }

    private Outbox Outbox(StorageTrial trial) => new(trial.Open(), new GatewayMeter(), _clock, NullLogger<Outbox>.Instance);

    private async Task<Outbox> ReopenedAsync(StorageTrial trial)
    {
        var outbox = Outbox(trial);
        await outbox.RecoverAsync(Ct);
        return outbox;
    }

    private static OutboundMessage Message(string id, string chat = "anna", string text = "Hello") => new(id, FakeChannel.Target(chat), text, 1);
}
