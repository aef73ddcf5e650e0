using System.Text;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Tests.Storage;

[Trait("Requirement", "B4")]
public sealed class JournalCommitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Appends_that_come_together_share_one_fsync()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        using var firstIsUnderWay = new ManualResetEventSlim();
        using var othersAreQueued = new ManualResetEventSlim();
        trial.AtStep = step =>
        {
            if (step == StorageSteps.JournalBeforeFsync && !firstIsUnderWay.IsSet)
            {
                firstIsUnderWay.Set();
                othersAreQueued.Wait(Ct);
            }
        };

        var first = journal.AppendAsync(StorageTrial.Record(0), Ct).AsTask();
        firstIsUnderWay.Wait(Ct);
        var others = Enumerable.Range(1, 999).Select(n => journal.AppendAsync(StorageTrial.Record(n), Ct).AsTask()).ToArray();
        othersAreQueued.Set();
        await Task.WhenAll([first, .. others]);

        Assert.Equal(2, trial.Passed(StorageSteps.JournalAfterFsync));
        Assert.Equal(2, trial.Passed(StorageSteps.JournalAfterWrite));
        Assert.Equal(StorageTrial.Numbers(0, 1000), await StorageTrial.ReadAsync(journal));
    }

    [Fact]
    public async Task Concurrent_appenders_need_far_fewer_fsyncs_than_they_have_records()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async appender =>
        {
            for (var n = 0; n < 20; n++)
            {
                await journal.AppendAsync(StorageTrial.Record((appender * 100) + n), Ct);
            }
        }));

        Assert.Equal(1000, trial.Open().Count);
        Assert.InRange(trial.Passed(StorageSteps.JournalAfterFsync), 20, 300);
    }

    [Fact]
    public async Task An_append_ends_only_after_its_fsync()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
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

        var append = journal.AppendAsync(StorageTrial.Record(1), Ct).AsTask();
        reached.Wait(Ct);

        Assert.False(append.IsCompleted);
        proceed.Set();
        await append;
        Assert.Equal(1, trial.Passed(StorageSteps.JournalAfterFsync));
    }

    [Fact]
    public async Task A_record_that_nobody_waits_for_is_written_without_an_fsync_and_flush_makes_up_for_it()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();

        journal.Append(StorageTrial.Record(1));
        var read = await StorageTrial.ReadAsync(journal);
        var before = trial.Passed(StorageSteps.JournalAfterFsync);
        await journal.FlushAsync(Ct);
        var after = trial.Passed(StorageSteps.JournalAfterFsync);
        await journal.FlushAsync(Ct);

        Assert.Equal(StorageTrial.Numbers(1, 1), read);
        Assert.Equal((0, 1, 1), (before, after, trial.Passed(StorageSteps.JournalAfterFsync)));
    }

    [Fact]
    public async Task The_memory_of_a_queued_record_may_be_reused_at_once()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        var memory = StorageTrial.Record("kept");

        journal.Append(memory);
        memory.AsSpan().Fill((byte)'x');

        await journal.FlushAsync(Ct);
        Assert.Equal("""{"t":"kept"}""", Assert.Single(await StorageTrial.ReadAsync(journal)));
    }

    [Fact]
    public async Task Giving_up_the_wait_does_not_take_the_record_back()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        using var reached = new ManualResetEventSlim();
        using var proceed = new ManualResetEventSlim();
        trial.AtStep = step =>
        {
            if (step == StorageSteps.JournalBeforeWrite)
            {
                reached.Set();
                proceed.Wait(Ct);
            }
        };
        using var caller = new CancellationTokenSource();

        var append = journal.AppendAsync(StorageTrial.Record(1), caller.Token).AsTask();
        reached.Wait(Ct);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
        proceed.Set();

        Assert.Equal(StorageTrial.Numbers(1, 1), await StorageTrial.ReadAsync(journal));
    }

    [Fact]
    public async Task While_too_much_is_pending_one_append_waits_in_order_and_the_other_refuses()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open(trial.Options with { PendingBytes = 100 });
        using var proceed = new ManualResetEventSlim();
        trial.AtStep = step => proceed.Wait(Ct);

        var appends = Enumerable.Range(0, 40).Select(n => journal.AppendAsync(StorageTrial.Record(n), Ct).AsTask()).ToArray();
        using var impatient = new CancellationTokenSource();
        var givenUp = journal.AppendAsync(StorageTrial.Record(99), impatient.Token).AsTask();
        var last = journal.AppendAsync(StorageTrial.Record(40), Ct).AsTask();
        var refusal = Assert.Throws<JournalFullException>(() => journal.Append(StorageTrial.Record(98)));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        proceed.Set();
        await Task.WhenAll([.. appends, last]);

        Assert.Contains("wait for the disk", refusal.Message);
        Assert.Equal(StorageTrial.Numbers(0, 41), await StorageTrial.ReadAsync(journal));
    }

    [Fact]
    public async Task A_record_larger_than_all_that_may_be_pending_still_passes()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open(trial.Options with { PendingBytes = 10 });

        await Task.WhenAll(Enumerable.Range(0, 10).Select(n => journal.AppendAsync(StorageTrial.Record(new string('x', 50)), Ct).AsTask()));

        Assert.Equal(10, journal.Count);
    }

    [Fact]
    public async Task Disposing_the_committer_writes_what_is_queued_and_refuses_what_comes_later()
    {
        await using var trial = new StorageTrial();
        var journals = Enumerable.Range(0, 50).Select(n => Journal.Open(trial.Directory, $"j{n}", trial.Committer)).ToArray();
        var appends = journals.Select(journal => journal.AppendAsync(StorageTrial.Record(1), Ct).AsTask()).ToArray();
        foreach (var journal in journals)
        {
            journal.Append(StorageTrial.Record(2));
        }

        await trial.Committer.DisposeAsync();

        Assert.All(appends, append => Assert.True(append.IsCompletedSuccessfully || !append.IsFaulted));
        await Task.WhenAll(appends);
        Assert.All(journals, journal => Assert.Equal(2, journal.Count));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await journals[0].AppendAsync(StorageTrial.Record(3), Ct));
        Assert.Throws<ObjectDisposedException>(() => journals[0].Append(StorageTrial.Record(3)));
        Assert.Equal(StorageTrial.Numbers(1, 2), await StorageTrial.ReadAsync(journals[0]));
    }

    [Fact]
    public async Task No_commit_runs_on_the_thread_pool()
    {
        await using var trial = new StorageTrial();
        var onPool = 0;
        trial.AtStep = _ => onPool += Thread.CurrentThread.IsThreadPoolThread ? 1 : 0;
        var journal = trial.Open();

        await journal.AppendAsync(StorageTrial.Record(1), Ct);
        await journal.ReplaceAsync([StorageTrial.Record(2)], Ct);
        await journal.DeleteAsync(Ct);

        Assert.Equal(0, onPool);
    }

    [Fact]
    public async Task Records_of_many_appenders_keep_the_order_of_each()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open(trial.Options with { PendingBytes = 500, SegmentBytes = 2000 });

        await Task.WhenAll(Enumerable.Range(0, 20).Select(appender => Task.Run(
            async () =>
            {
                for (var n = 0; n < 30; n++)
                {
                    await journal.AppendAsync(Encoding.UTF8.GetBytes($$"""{"a":{{appender}},"n":{{n}}}"""), Ct);
                }
            },
            Ct)));

        var records = await StorageTrial.ReadAsync(trial.Open());
        Assert.Equal(600, records.Length);
        Assert.All(records.GroupBy(record => record[..record.IndexOf(',')]), group =>
            Assert.Equal(Enumerable.Range(0, 30).Select(n => $$"""{{group.Key}},"n":{{n}}}"""), group));
    }
}
