using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Storage;

namespace Chela.Gateway.Tests.Bus;

[Trait("Requirement", "B2")]
public sealed class InboxTests
{
    private static readonly string Megabytes = new('x', 6 * 1024 * 1024);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task What_was_accepted_and_did_not_end_is_found_at_the_next_start_in_its_order()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        var before = new Inbox(journal, new GatewayMeter(), TimeProvider.System);
        InboundMessage[] messages = [Message("a"), Message("b"), Message("c", "é😀\n\"\\"), Message("d")];
        await AcceptAsync(messages[0], messages[1]);
        before.End(messages[0], 2);
        await AcceptAsync(messages[2], messages[3]);
        await journal.FlushAsync(Ct);
        var unfinished = await new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System).RecoverAsync(Ct);

        Assert.Equal([messages[1], messages[2], messages[3]], unfinished.Select(turn => turn.Message));

        async Task AcceptAsync(params InboundMessage[] next)
        {
            foreach (var message in next)
            {
                Assert.Equal(Acceptance.New, await before.AcceptAsync(message));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Requirement", "B6")]
    public async Task What_was_stopped_while_it_waited_is_known_at_the_next_start_also_after_a_rewriting(bool isRewritten)
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        var before = new Inbox(journal, new GatewayMeter(), TimeProvider.System);
        InboundMessage[] messages = [Message("stopped"), Message("waits"), Message("ended"), .. isRewritten ? new[] { Message("long", Megabytes), Message("longer", Megabytes), Message("longest", Megabytes) } : []];
        foreach (var message in messages)
        {
            await before.AcceptAsync(message);
        }

        Assert.True(await before.TryStopAsync(messages[0], 2));
        before.End(messages[2], 3);
        await before.TryStopAsync(messages[2], 4); // too late: it stays as it ended
        await before.Compaction;
        await journal.FlushAsync(Ct);
        var next = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);
        var unfinished = await next.RecoverAsync(Ct);

        Assert.Equal(["stopped", "waits"], unfinished.Take(2).Select(turn => turn.RunId));
        Assert.DoesNotContain("ended", unfinished.Select(turn => turn.RunId));
        Assert.Equal([true, false], unfinished.Take(2).Select(turn => turn.IsOver));
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task What_was_wished_for_a_run_and_how_often_it_was_begun_again_is_found_at_the_next_start()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        var before = new Inbox(journal, new GatewayMeter(), TimeProvider.System);
        var wishes = new TurnWishes { Limit = TimeSpan.FromSeconds(7), Model = "openai/other", Instructions = "In verse." };
        var queue = new QueueSettings { Mode = QueueMode.Collect, Debounce = TimeSpan.FromMilliseconds(1), Cap = 3, Drop = QueueDrop.Summarize };
        await before.AcceptAsync(Message("a"), wishes, queue);
        await before.AcceptAsync(Message("b"));
        var first = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);
        await first.TryResumeAsync((await first.RecoverAsync(Ct))[0], 5);
        var second = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);
        await second.TryResumeAsync((await second.RecoverAsync(Ct))[0], 6);

        var unfinished = await new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System).RecoverAsync(Ct);

        Assert.Equal(["a", "b"], unfinished.Select(turn => turn.RunId));
        Assert.Equal([2, 0], unfinished.Select(turn => turn.Resumptions));
        Assert.Equal((wishes, queue), (unfinished[0].Wishes, unfinished[0].Queue));
        Assert.Equal((new TurnWishes(), new QueueSettings()), (unfinished[1].Wishes, unfinished[1].Queue));
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task A_message_that_an_older_version_accepted_is_found_too()
    {
        await using var trial = new StorageTrial();
        await trial.Open().AppendAsync(
            """{"kind":"accepted","runId":"a","print":"x","timestampMs":1,"session":"agent:main:main","content":"hello","channel":"webchat","senderId":"cli"}"""u8.ToArray(), Ct);

        var turn = Assert.Single(await new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System).RecoverAsync(Ct));

        Assert.Equal(("a", "hello", 0), (turn.RunId, turn.Message.Content, turn.Resumptions));
        Assert.Equal((new TurnWishes(), new QueueSettings()), (turn.Wishes, turn.Queue));
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task A_message_counts_as_accepted_only_when_it_is_on_disk()
    {
        await using var trial = new StorageTrial();
        using var reached = new ManualResetEventSlim();
        using var proceed = new ManualResetEventSlim();
        trial.AtStep = step =>
        {
            if (step == StorageSteps.JournalBeforeFsync)
            {
                reached.Set();
                proceed.Wait(Ct);
            }
        };

        var accepting = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System).AcceptAsync(Message("a")).AsTask();
        reached.Wait(Ct);
        var isEarly = accepting.IsCompleted;
        proceed.Set();

        Assert.Equal(Acceptance.New, await accepting);
        Assert.False(isEarly);
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task A_message_that_was_refused_and_came_again_is_not_forgotten_by_who_waited_for_the_first()
    {
        await using var trial = new StorageTrial();
        using var reached = new ManualResetEventSlim();
        using var proceed = new ManualResetEventSlim();
        trial.AtStep = step =>
        {
            if (step == StorageSteps.JournalBeforeWrite)
            {
                reached.Set();
                proceed.Wait(Ct);
                throw new IOException("No space left on device");
            }
        };
        var inbox = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);

        var first = inbox.AcceptAsync(Message("a")).AsTask();
        reached.Wait(Ct);
        var waiting = Enumerable.Range(0, 20).Select(_ => Task.Run(async () => await Record.ExceptionAsync(() => inbox.AcceptAsync(Message("a")).AsTask()), Ct)).ToList();
        trial.AtStep = _ => { };
        proceed.Set();
        await Assert.ThrowsAsync<JournalWriteException>(() => first);
        var again = await inbox.AcceptAsync(Message("a"));
        await Task.WhenAll(waiting);

        Assert.Contains(again, new[] { Acceptance.New, Acceptance.InFlight });
        Assert.Equal(Acceptance.InFlight, await inbox.RecogniseAsync(Message("a")));
    }

    [Fact]
    public async Task A_message_that_comes_again_is_recognised_while_its_run_goes_on_and_after_it()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        var inbox = new Inbox(journal, new GatewayMeter(), TimeProvider.System);
        await inbox.AcceptAsync(Message("a"));

        var inFlight = await inbox.AcceptAsync(Message("a") with { TimestampMs = 99, SenderId = "another" });
        inbox.End(Message("a"), 5);
        var finished = await inbox.AcceptAsync(Message("a"));

        Assert.Equal((Acceptance.InFlight, Acceptance.Finished), (inFlight, finished));
        await journal.FlushAsync(Ct);
        Assert.Equal(2, trial.Open().Count);
    }

    [Fact]
    public async Task Another_message_under_the_same_run_id_is_a_conflict_before_and_after_the_end()
    {
        await using var trial = new StorageTrial();
        var inbox = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);
        await inbox.AcceptAsync(Message("a"));

        var otherText = await inbox.AcceptAsync(Message("a", "something else"));
        var otherSession = await inbox.AcceptAsync(Message("a") with { Session = SessionKey.Of("main", "other") });
        inbox.End(Message("a"), 5);
        var afterTheEnd = await inbox.AcceptAsync(Message("a", "something else"));

        Assert.Equal([Acceptance.Conflict, Acceptance.Conflict, Acceptance.Conflict], [otherText, otherSession, afterTheEnd]);
    }

    [Fact]
    [Trait("Requirement", "B4")]
    public async Task A_message_is_recognised_after_a_restart()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        var before = new Inbox(journal, new GatewayMeter(), TimeProvider.System);
        await before.AcceptAsync(Message("a"));
        await before.AcceptAsync(Message("b"));
        before.End(Message("a"), 5);
        await journal.FlushAsync(Ct);

        var after = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);
        await after.RecoverAsync(Ct);

        Assert.Equal(Acceptance.Finished, await after.AcceptAsync(Message("a")));
        Assert.Equal(Acceptance.InFlight, await after.AcceptAsync(Message("b")));
        Assert.Equal(Acceptance.Conflict, await after.AcceptAsync(Message("b", "something else")));
        Assert.Equal(Acceptance.New, await after.AcceptAsync(Message("c")));
    }

    [Fact]
    public async Task Of_many_at_once_one_is_new_and_the_others_wait_until_it_is_on_disk()
    {
        await using var trial = new StorageTrial();
        var inbox = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);

        var acceptances = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => inbox.AcceptAsync(Message("a")).AsTask(), Ct)));

        Assert.Single(acceptances, Acceptance.New);
        Assert.Equal(49, acceptances.Count(acceptance => acceptance == Acceptance.InFlight));
        Assert.Equal(1, trial.Open().Count);
    }

    [Fact]
    public async Task Of_the_runs_that_ended_the_oldest_are_forgotten_first()
    {
        await using var trial = new StorageTrial();
        var inbox = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);

        for (var n = 0; n <= Inbox.MaxRemembered; n++)
        {
            inbox.End(Message($"{n}"), n);
        }

        Assert.Equal(Acceptance.Finished, await inbox.AcceptAsync(Message("1")));
        Assert.Equal(Acceptance.Finished, await inbox.AcceptAsync(Message($"{Inbox.MaxRemembered}")));
        Assert.Equal(Acceptance.New, await inbox.AcceptAsync(Message("0")));
    }

    [Fact]
    public async Task A_message_that_the_disk_refused_counts_as_never_sent()
    {
        await using var trial = new StorageTrial();
        var inbox = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);
        trial.AtStep = step => _ = step == StorageSteps.JournalBeforeWrite ? throw new IOException("the disk is full") : 0;

        await Assert.ThrowsAsync<JournalWriteException>(() => inbox.AcceptAsync(Message("a")).AsTask());
        trial.AtStep = _ => { };
        var again = await inbox.AcceptAsync(Message("a"));
        var unfinished = await new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System).RecoverAsync(Ct);

        Assert.Equal(Acceptance.New, again);
        Assert.Equal(Message("a"), Assert.Single(unfinished).Message);
    }

    [Fact]
    [Trait("Requirement", "O4")]
    public async Task When_the_journal_has_grown_it_is_written_anew_with_what_is_not_over()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        var inbox = new Inbox(journal, new GatewayMeter(), TimeProvider.System);
        await inbox.AcceptAsync(Message("waits"));
        await inbox.TryResumeAsync(new Turn(Message("waits")), 2);
        foreach (var run in new[] { "a", "b", "c" })
        {
            await inbox.AcceptAsync(Message(run, Megabytes));
            inbox.End(Message(run, Megabytes), 5);
        }

        await inbox.Compaction;
        inbox.End(Message("last"), 6);
        await journal.FlushAsync(Ct);
        var after = new Inbox(trial.Open(), new GatewayMeter(), TimeProvider.System);
        var unfinished = await after.RecoverAsync(Ct);

        Assert.InRange(journal.Bytes, 1, 10_000);
        Assert.Equal((Message("waits"), 1), (Assert.Single(unfinished).Message, unfinished[0].Resumptions));
        Assert.Equal(Acceptance.Finished, await after.AcceptAsync(Message("b", Megabytes)));
        Assert.Equal(Acceptance.Finished, await after.AcceptAsync(Message("last")));
    }

    private static InboundMessage Message(string runId, string text = "Hello") =>
        new(runId, SessionKey.Main, text, "webchat", "cli", 1_767_225_600_000);
}
