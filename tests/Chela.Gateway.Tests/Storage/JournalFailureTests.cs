using Chela.Gateway.Storage;

namespace Chela.Gateway.Tests.Storage;

[Trait("Requirement", "B4")]
public sealed class JournalFailureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageSteps.JournalBeforeWrite)]
    [InlineData(StorageSteps.JournalAfterWrite)]
    [InlineData(StorageSteps.JournalBeforeFsync)]
    public async Task A_disk_that_refuses_fails_the_whole_batch_and_leaves_none_of_it(string step)
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 200);
        await StorageTrial.AppendAsync(journal, 0, 3);
        var (content, bytes) = (await File.ReadAllBytesAsync(trial.Segment(1), Ct), journal.Bytes);
        trial.AtStep = passed => _ = passed == step ? throw new IOException("No space left on device") : 0;

        var appends = Enumerable.Range(3, 20).Select(n => journal.AppendAsync(StorageTrial.Record(n), Ct).AsTask()).ToArray();
        foreach (var append in appends)
        {
            await Assert.ThrowsAsync<JournalWriteException>(() => append);
        }

        Assert.Equal(content, await File.ReadAllBytesAsync(trial.Segment(1), Ct));
        Assert.Equal((3, bytes), (journal.Count, journal.Bytes));
        Assert.Single(trial.Files());
        trial.AtStep = _ => { };
        await StorageTrial.AppendAsync(journal, 3, 5);
        Assert.Equal(StorageTrial.Numbers(0, 8), await StorageTrial.ReadAsync(trial.OpenWith(segmentBytes: 200)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_segment_that_cannot_be_made_durable_is_taken_back(int fullSegments)
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 40);
        await StorageTrial.AppendAsync(journal, 0, fullSegments);
        trial.AtStep = step => _ = step == StorageSteps.JournalSegmentCreated ? throw new IOException("full") : 0;

        await Assert.ThrowsAsync<JournalWriteException>(async () => await journal.AppendAsync(StorageTrial.Record(9), Ct));

        Assert.Equal(fullSegments, trial.Files().Length);
        trial.AtStep = _ => { };
        await StorageTrial.AppendAsync(journal, fullSegments, 2);
        Assert.Equal(StorageTrial.Numbers(0, fullSegments + 2), await StorageTrial.ReadAsync(trial.OpenWith(segmentBytes: 40)));
    }

    [Fact]
    public async Task A_batch_over_several_segments_that_fails_in_the_last_leaves_none_of_it()
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 200);
        await StorageTrial.AppendAsync(journal, 0, 2);
        using var reached = new ManualResetEventSlim();
        using var proceed = new ManualResetEventSlim();
        trial.AtStep = step =>
        {
            reached.Set();
            proceed.Wait(Ct);
            _ = step == StorageSteps.JournalAfterWrite && trial.Passed(step) == 8 ? throw new IOException("full") : 0;
        };

        var first = journal.AppendAsync(StorageTrial.Record(2), Ct).AsTask();
        reached.Wait(Ct);
        var batch = Enumerable.Range(3, 60).Select(n => journal.AppendAsync(StorageTrial.Record(n), Ct).AsTask()).ToArray();
        proceed.Set();
        foreach (var append in batch)
        {
            await Assert.ThrowsAsync<JournalWriteException>(() => append);
        }

        await first;
        Assert.Single(trial.Files());
        Assert.Equal(StorageTrial.Numbers(0, 3), await StorageTrial.ReadAsync(trial.OpenWith(segmentBytes: 200)));
    }

    [Fact]
    public async Task When_the_way_back_fails_too_the_journal_refuses_until_it_is_opened_anew()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        await StorageTrial.AppendAsync(journal, 0, 2);
        trial.AtStep = step => _ = step is StorageSteps.JournalBeforeFsync or StorageSteps.JournalBeforeRollback
            ? throw new IOException("Input/output error")
            : 0;
        await Assert.ThrowsAsync<JournalWriteException>(async () => await journal.AppendAsync(StorageTrial.Record(2), Ct));
        trial.AtStep = _ => { };

        var refusal = await Assert.ThrowsAsync<JournalWriteException>(async () => await journal.AppendAsync(StorageTrial.Record(3), Ct));
        await Assert.ThrowsAsync<JournalWriteException>(() => journal.ReplaceAsync([], Ct));

        Assert.Contains("opened anew", refusal.Message);
        Assert.Equal(StorageTrial.Numbers(0, 2), await StorageTrial.ReadAsync(journal));
        await StorageTrial.AppendAsync(trial.Open(), 3, 1);
    }

    [Fact]
    public async Task After_a_failed_fsync_unsynced_records_are_taken_back_too_and_the_next_caller_hears_of_it()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        await StorageTrial.AppendAsync(journal, 0, 1);
        journal.Append(StorageTrial.Record(1));
        Assert.Equal(2, (await StorageTrial.ReadAsync(journal)).Length);
        trial.AtStep = step => _ = step == StorageSteps.JournalBeforeFsync ? throw new IOException("Input/output error") : 0;
        await Assert.ThrowsAsync<JournalWriteException>(async () => await journal.AppendAsync(StorageTrial.Record(2), Ct));
        trial.AtStep = _ => { };

        var told = await Assert.ThrowsAsync<JournalWriteException>(async () => await journal.FlushAsync(Ct));
        await StorageTrial.AppendAsync(journal, 3, 1);

        Assert.Contains("appended before were lost", told.Message);
        Assert.Equal(["""{"n":0}""", """{"n":3}"""], await StorageTrial.ReadAsync(trial.Open()));
    }

    [Fact]
    public async Task Nothing_is_acknowledged_behind_records_that_were_lost_unheard()
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
                trial.AtStep = _ => { };
                throw new IOException("full");
            }
        };

        journal.Append(StorageTrial.Record(1));
        reached.Wait(Ct);
        var behind = journal.AppendAsync(StorageTrial.Record(2), Ct).AsTask();
        proceed.Set();

        await Assert.ThrowsAsync<JournalWriteException>(() => behind);
        await Assert.ThrowsAsync<JournalWriteException>(async () => await journal.AppendAsync(StorageTrial.Record(3), Ct));
        await StorageTrial.AppendAsync(journal, 4, 1);
        Assert.Equal(StorageTrial.Numbers(4, 1), await StorageTrial.ReadAsync(trial.Open()));
    }

    [Theory]
    [InlineData(StorageSteps.JournalSegmentCreated)]
    [InlineData(StorageSteps.JournalBeforeWrite)]
    [InlineData(StorageSteps.JournalAfterWrite)]
    [InlineData(StorageSteps.JournalBeforeFsync)]
    [InlineData(StorageSteps.JournalAfterFsync)]
    public async Task A_crash_at_any_step_of_an_append_keeps_every_acknowledged_record(string step)
    {
        // Each passage is a crash at another state of the segments; 0 to 24 records are acknowledged before it.
        for (var passage = 1; passage <= 12; passage++)
        {
            await using var trial = new StorageTrial();
            var journal = trial.OpenWith(segmentBytes: 120);
            trial.AtStep = passed =>
                _ = passed == step && trial.Passed(step) == passage ? throw new SimulatedCrashException(step) : 0;
            var acknowledged = 0;
            var failure = await Record.ExceptionAsync(async () =>
            {
                for (; acknowledged < 60; acknowledged++)
                {
                    await StorageTrial.AppendAsync(journal, acknowledged, 1);
                }
            });
            trial.AtStep = _ => { };

            var records = await StorageTrial.ReadAsync(trial.OpenWith(segmentBytes: 120));

            Assert.IsType<JournalWriteException>(failure);
            Assert.InRange(records.Length, acknowledged, acknowledged + 1);
            Assert.Equal(StorageTrial.Numbers(0, records.Length), records);
            await Assert.ThrowsAsync<JournalWriteException>(async () => await journal.AppendAsync(StorageTrial.Record(1), Ct));
        }
    }

    [Fact]
    public async Task A_journal_whose_file_cannot_be_opened_for_a_while_goes_on_afterwards()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        await StorageTrial.AppendAsync(journal, 0, 2);
        Directory.Move(trial.Directory, trial.Directory + ".away");

        await Assert.ThrowsAsync<JournalWriteException>(async () => await journal.AppendAsync(StorageTrial.Record(9), Ct));
        await Assert.ThrowsAnyAsync<IOException>(() => StorageTrial.ReadAsync(journal));
        Directory.Move(trial.Directory + ".away", trial.Directory);
        await StorageTrial.AppendAsync(journal, 2, 1);

        Assert.Equal(StorageTrial.Numbers(0, 3), await StorageTrial.ReadAsync(trial.Open()));
    }

    [Fact]
    public async Task A_second_writer_of_the_same_file_is_noticed_and_nothing_is_overwritten()
    {
        await using var trial = new StorageTrial();
        var one = trial.Open();
        await StorageTrial.AppendAsync(one, 0, 1);
        var two = trial.Open();
        await StorageTrial.AppendAsync(two, 1, 1);

        await Assert.ThrowsAsync<JournalWriteException>(async () => await one.AppendAsync(StorageTrial.Record(9), Ct));

        Assert.Equal(StorageTrial.Numbers(0, 2), await StorageTrial.ReadAsync(trial.Open()));
    }

    [Fact]
    public async Task A_failing_journal_does_not_disturb_the_others()
    {
        await using var trial = new StorageTrial();
        var sick = trial.Open();
        var well = Journal.Open(trial.Directory, "well", trial.Committer);
        trial.AtStep = step => throw new SimulatedCrashException(step);

        await Assert.ThrowsAsync<JournalWriteException>(async () => await sick.AppendAsync(StorageTrial.Record(1), Ct));

        await StorageTrial.AppendAsync(well, 0, 3);
        Assert.Equal(3, well.Count);
    }
}
