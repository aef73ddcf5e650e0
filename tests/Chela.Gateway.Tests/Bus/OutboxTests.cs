using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Bus;

[Trait("Requirement", "B1")]
public sealed class OutboxTests
{
    private static readonly ReplyTarget Anna = new("fake", "desk", "anna");
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Steps of one message, and what they come to.</summary>
    public static TheoryData<string, string> Table => new()
    {
        { "queued", "queued 0/? tries 0" },
        { "queued cut", "queued 0/3 tries 0" },
        { "queued cut sending", "sending 0/3 tries 1" },
        { "queued cut sending sending", "sending 0/3 tries 2" },
        { "queued cut sending sent", "queued 1/3 tries 0" },
        { "queued cut sending sent sending sent sending", "sending 2/3 tries 1" },
        { "queued cut sending sent sending sent sending sent", "over" },
        { "queued cut sending sent sending failed", "failed 1/3 tries 1" },
        { "queued cut sending sent sending failed retried", "queued 1/3 tries 0" },
        { "queued cut sending sent sending failed retried sending sent sending sent", "over" },
        { "queued failed dropped", "over" },
        { "queued dropped", "over" },
        { "queued dropped sent", "over" },
        { "queued dropped failed", "over" },
        { "queued dropped retried", "over" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Each_step_leads_to_the_state_that_it_should_and_a_restart_finds_the_same(string steps, string state)
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        var outbox = new Outbox(journal, new GatewayMeter(), _clock, NullLogger<Outbox>.Instance);
        var item = new OutboxItem(Message("a"));
        foreach (var step in steps.Split(' '))
        {
            await DoAsync(outbox, step, outbox.All.SingleOrDefault() ?? item);
        }

        var before = StateOf(outbox);
        Assert.True(await outbox.TryEnqueueAsync(Message("a")));
        await journal.FlushAsync(Ct);
        var after = await ReopenedAsync(trial);

        Assert.Equal([state, state, state], [before, StateOf(outbox), StateOf(after)]);
        Assert.True(await after.TryEnqueueAsync(Message("a")));
        Assert.Equal(state, StateOf(after));
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task What_the_disk_refuses_is_not_in_the_outbox()
    {
        await using var trial = new StorageTrial();
        var outbox = Outbox(trial);
        trial.AtStep = step => _ = step == StorageSteps.JournalBeforeWrite ? throw new IOException("No space left on device") : 0;

        var refused = await outbox.TryEnqueueAsync(Message("a"));
        var isThere = outbox.All.Count > 0;
        trial.AtStep = _ => { };
        var taken = await outbox.TryEnqueueAsync(Message("a"));

        Assert.Equal((false, false, true), (refused, isThere, taken));
        Assert.Equal("queued 0/? tries 0", StateOf(await ReopenedAsync(trial)));
    }

    [Fact]
    public async Task A_change_by_hand_that_the_disk_refuses_is_not_made()
    {
        await using var trial = new StorageTrial();
        var outbox = Outbox(trial);
        await outbox.TryEnqueueAsync(Message("a"));
        await outbox.FailAsync(outbox.Next(Anna)!, "no", Ct);
        trial.AtStep = step => _ = step == StorageSteps.JournalBeforeWrite ? throw new IOException("No space left on device") : 0;

        var changes = (await outbox.RetryAsync("a"), await outbox.DropAsync("a"), await outbox.DropAsync("b"));

        Assert.Equal((OutboxChange.NotWritten, OutboxChange.NotWritten, OutboxChange.Unknown), changes);
        Assert.Equal("failed 0/? tries 0", StateOf(outbox));
    }

    [Fact]
    public async Task Only_what_was_given_up_is_tried_again_and_then_it_comes_behind_what_waits()
    {
        await using var trial = new StorageTrial();
        var outbox = Outbox(trial);
        await outbox.TryEnqueueAsync(Message("a"));
        await outbox.TryEnqueueAsync(Message("b"));

        var early = await outbox.RetryAsync("a");
        await outbox.FailAsync(outbox.Next(Anna)!, "no", Ct);
        var next = outbox.Next(Anna)!.Message.Id;
        var late = await outbox.RetryAsync("a");

        Assert.Equal((OutboxChange.NotFailed, "b", OutboxChange.Done), (early, next, late));
        Assert.Equal(["b", "a"], (await ReopenedAsync(trial)).All.Select(item => item.Message.Id));
    }

    [Fact]
    public async Task A_full_outbox_says_so_before_a_question_is_taken_in_and_takes_the_answers_of_earlier_ones()
    {
        await using var trial = new StorageTrial();
        var outbox = Outbox(trial);
        var all = Enumerable.Range(0, Gateway.Bus.Outbox.MaxWaitingPerTarget).Select(n => outbox.TryEnqueueAsync(Message($"{n}")).AsTask());

        var before = outbox.HasRoomFor(Anna);
        await Task.WhenAll(all);

        Assert.Equal((true, false, true), (before, outbox.HasRoomFor(Anna), outbox.HasRoomFor(Anna with { Chat = "bert" })));
        Assert.True(await outbox.TryEnqueueAsync(Message("late")));
        Assert.Equal(Gateway.Bus.Outbox.MaxWaitingPerTarget + 1, outbox.All.Count);
    }

    [Fact]
    public void The_oldest_dead_letters_and_the_oldest_ends_are_forgotten_first()
    {
        var table = new OutboxTable();

        for (var n = 0; n <= Gateway.Bus.Outbox.MaxDead; n++)
        {
            table.Apply(new OutboxItem(Message($"dead {n}")).ToRecord());
            table.Apply(new OutboxRecord(OutboxRecord.Failed, $"dead {n}", n) { Reason = "no" });
        }

        var isKnown = table.Knows("dead 0");
        for (var n = 0; n < Gateway.Bus.Outbox.MaxRemembered; n++)
        {
            table.Apply(new OutboxRecord(OutboxRecord.Over, $"over {n}", n));
        }

        Assert.True(isKnown);
        Assert.Equal((false, true, Gateway.Bus.Outbox.MaxDead), (table.Knows("dead 0"), table.Knows("dead 1"), table.All.Count));
        Assert.Equal("dead 1", table.All[0].Message.Id);
    }

    [Fact]
    [Trait("Requirement", "O4")]
    public async Task When_the_journal_has_grown_it_is_written_anew_with_what_has_not_arrived()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        var outbox = new Outbox(journal, new GatewayMeter(), _clock, NullLogger<Outbox>.Instance);
        await outbox.TryEnqueueAsync(Message("dead"));
        await outbox.FailAsync(outbox.Next(Anna)!, "no", Ct);
        await outbox.TryEnqueueAsync(Message("waits"));
        await outbox.CutAsync(outbox.Next(Anna)!, [1, 1, 1], Ct);
        await outbox.SentAsync(outbox.Next(Anna)!, null, Ct);
        var large = Enumerable.Range(0, 12).Select(n => new OutboundMessage($"large {n}", Anna with { Chat = "bert" }, new string('x', 2_000_000), 1)).ToList();

        foreach (var message in large)
        {
            await outbox.TryEnqueueAsync(message);
            await outbox.DropAsync(message.Id);
        }

        await outbox.Compaction;
        await outbox.TryEnqueueAsync(Message("after"));
        var after = await ReopenedAsync(trial);

        Assert.InRange(journal.Bytes, 1, 16_000_000);
        Assert.Equal(["waits", "after", "dead"], after.All.Select(item => item.Message.Id));
        Assert.Equal((1, "no"), (after.All[0].Arrived, after.All[2].Reason));
        Assert.True(await after.TryEnqueueAsync(large[3]));
        Assert.Equal(3, after.All.Count);
    }

    private static async Task DoAsync(Outbox outbox, string step, OutboxItem item)
    {
        switch (step)
        {
            case OutboxRecord.Queued:
                await outbox.TryEnqueueAsync(item.Message);
                break;
            case OutboxRecord.Cut:
                await outbox.CutAsync(item, [1, 2, 2], Ct);
                break;
            case OutboxRecord.Sending:
                outbox.Sending(item);
                break;
            case OutboxRecord.Sent:
                await outbox.SentAsync(item, "platform-id", Ct);
                break;
            case OutboxRecord.Failed:
                await outbox.FailAsync(item, "no", Ct);
                break;
            case OutboxRecord.Retried:
                await outbox.RetryAsync(item.Message.Id);
                break;
            case OutboxRecord.Dropped:
                await outbox.DropAsync(item.Message.Id);
                break;
        }
    }

    private static string StateOf(Outbox outbox) => outbox.All.SingleOrDefault() is { } item
        ? $"{item.State} {item.Arrived}/{item.Pieces?.Count.ToString(provider: null) ?? "?"} tries {item.Attempts}"
        : "over";

    private static OutboundMessage Message(string id) => new(id, Anna, "Hello", 1);

    private Outbox Outbox(StorageTrial trial) => new(trial.Open(), new GatewayMeter(), _clock, NullLogger<Outbox>.Instance);

    private async Task<Outbox> ReopenedAsync(StorageTrial trial)
    {
        var outbox = Outbox(trial);
        await outbox.RecoverAsync(Ct);
        return outbox;
    }
}
