using Chela.Gateway.Storage;

namespace Chela.Gateway.Tests.Storage;

[Trait("Requirement", "B4")]
public sealed class JournalReplaceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replacing_leaves_one_new_segment_and_appends_go_on_behind_it()
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 200);
        await StorageTrial.AppendAsync(journal, 0, 20);
        var last = trial.Files().Length;

        await journal.ReplaceAsync([StorageTrial.Record(7), StorageTrial.Record(8)], Ct);
        var files = trial.Files();
        await StorageTrial.AppendAsync(journal, 9, 1);

        Assert.Equal([Path.GetFileName(trial.Segment(last + 1))], files);
        Assert.Equal(StorageTrial.Numbers(7, 3), await StorageTrial.ReadAsync(journal));
        var next = trial.OpenWith(segmentBytes: 200);
        Assert.Equal(StorageTrial.Numbers(7, 3), await StorageTrial.ReadAsync(next));
        Assert.Equal((3, journal.Bytes), (next.Count, next.Bytes));
    }

    [Fact]
    public async Task What_is_queued_before_a_replacement_goes_and_what_is_queued_after_it_stays()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();

        journal.Append(StorageTrial.Record(1));
        var replacing = journal.ReplaceAsync([StorageTrial.Record(2)], Ct);
        journal.Append(StorageTrial.Record(3));
        await replacing;
        await journal.FlushAsync(Ct);

        Assert.Equal(StorageTrial.Numbers(2, 2), await StorageTrial.ReadAsync(trial.Open()));
    }

    [Fact]
    public async Task A_journal_may_be_replaced_by_nothing_or_before_it_exists()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();

        await journal.ReplaceAsync([StorageTrial.Record(1)], Ct);
        var first = await StorageTrial.ReadAsync(trial.Open());
        await journal.ReplaceAsync([], Ct);
        var second = await StorageTrial.ReadAsync(trial.Open());
        await StorageTrial.AppendAsync(journal, 5, 1);

        Assert.Equal(StorageTrial.Numbers(1, 1), first);
        Assert.Empty(second);
        Assert.Equal(StorageTrial.Numbers(5, 1), await StorageTrial.ReadAsync(trial.Open()));
    }

    [Fact]
    public async Task A_replacement_longer_than_a_buffer_and_a_segment_arrives_whole()
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 1000);

        await journal.ReplaceAsync(Enumerable.Range(0, 20_000).Select(n => (ReadOnlyMemory<byte>)StorageTrial.Record(n)), Ct);

        Assert.Equal(StorageTrial.Numbers(0, 20_000), await StorageTrial.ReadAsync(trial.OpenWith(segmentBytes: 1000)));
    }

    [Fact]
    public async Task A_sequence_that_fails_changes_nothing_and_the_journal_goes_on()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        await StorageTrial.AppendAsync(journal, 0, 2);

        var failure = await Assert.ThrowsAsync<JournalWriteException>(() => journal.ReplaceAsync(Failing(), Ct));
        var refusal = await Assert.ThrowsAsync<JournalWriteException>(() => journal.ReplaceAsync(["not a record"u8.ToArray()], Ct));
        await StorageTrial.AppendAsync(journal, 2, 1);

        Assert.IsType<TimeoutException>(failure.InnerException);
        Assert.IsType<ArgumentException>(refusal.InnerException);
        Assert.Single(trial.Files());
        Assert.Equal(StorageTrial.Numbers(0, 3), await StorageTrial.ReadAsync(trial.Open()));
    }

    [Theory]
    [InlineData(StorageSteps.ReplaceWriting)]
    [InlineData(StorageSteps.ReplaceBeforeRename)]
    [InlineData(StorageSteps.ReplaceAfterRename)]
    [InlineData(StorageSteps.ReplaceBeforeDelete)]
    [InlineData(StorageSteps.ReplaceAfterDelete)]
    public async Task A_crash_while_replacing_leaves_old_or_an_end_of_old_and_new_or_new(string step)
    {
        // Every passage of a step in turn: the deletions pass theirs once for each segment.
        for (var passage = 1; passage <= 4; passage++)
        {
            await using var trial = new StorageTrial();
            var journal = trial.OpenWith(segmentBytes: 200);
            await StorageTrial.AppendAsync(journal, 0, 20);
            trial.AtStep = passed =>
                _ = passed == step && trial.Passed(step) == passage ? throw new SimulatedCrashException(step) : 0;
            var failure = await Record.ExceptionAsync(() => journal.ReplaceAsync([StorageTrial.Record(100), StorageTrial.Record(101)], Ct));
            trial.AtStep = _ => { };

            var next = trial.OpenWith(segmentBytes: 200);
            var records = await StorageTrial.ReadAsync(next);

            var old = records.TakeWhile(record => record.Length < """{"n":100}""".Length).ToArray();
            Assert.Equal(StorageTrial.Numbers(20 - old.Length, old.Length), old);
            Assert.Equal(StorageTrial.Numbers(100, records.Length - old.Length), records[old.Length..]);
            Assert.Contains(records.Length - old.Length, (int[])[0, 2]);
            Assert.True(old.Length == 20 || records.Length - old.Length == 2);
            Assert.DoesNotContain(trial.Files(), file => file.EndsWith(".tmp", StringComparison.Ordinal));
            if (failure is not null)
            {
                await StorageTrial.AppendAsync(next, 7, 1);
                Assert.Equal(records.Length + 1, trial.OpenWith(segmentBytes: 200).Count);
            }
        }
    }

    [Fact]
    public async Task An_empty_segment_that_a_crash_left_is_not_buried_under_a_replacement()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.OpenWith(segmentBytes: 40), 0, 2);
        await File.WriteAllBytesAsync(trial.Segment(3), [], Ct);
        var journal = trial.OpenWith(segmentBytes: 40);
        trial.AtStep = step => _ = step == StorageSteps.ReplaceBeforeDelete ? throw new SimulatedCrashException(step) : 0;

        await Assert.ThrowsAsync<JournalWriteException>(() => journal.ReplaceAsync([StorageTrial.Record(2)], Ct));

        trial.AtStep = _ => { };
        Assert.Equal(StorageTrial.Numbers(0, 3), await StorageTrial.ReadAsync(trial.OpenWith(segmentBytes: 40)));
    }

    [Fact]
    public async Task What_is_not_yet_on_disk_is_put_there_before_another_segment_follows_it()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        journal.Append(StorageTrial.Record(1));
        var synced = -1;
        trial.AtStep = step => synced = step == StorageSteps.ReplaceBeforeRename ? trial.Passed(StorageSteps.JournalAfterFsync) : synced;

        await journal.ReplaceAsync([StorageTrial.Record(2)], Ct);

        Assert.Equal(1, synced);
    }

    [Fact]
    public async Task A_replacement_that_a_crash_left_unfinished_is_removed_and_ignored()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.Open(), 0, 2);
        File.Copy(trial.Segment(1), trial.Segment(2) + ".tmp");

        var journal = trial.Open();

        Assert.Equal(2, journal.Count);
        Assert.Single(trial.Files());
    }

    [Fact]
    public async Task Deleting_removes_every_trace_and_the_journal_may_begin_again()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.OpenWith(segmentBytes: 200), 0, 20);
        await File.AppendAllTextAsync(Path.Combine(trial.Directory, trial.Files()[^1]), "torn", Ct);
        var other = Journal.Open(trial.Directory, "j2", trial.Committer);
        await StorageTrial.AppendAsync(other, 0, 1);
        var journal = trial.OpenWith(segmentBytes: 200);

        await journal.DeleteAsync(Ct);
        var files = trial.Files();
        await StorageTrial.AppendAsync(journal, 5, 1);

        Assert.Equal(["j2.000001.jsonl"], files);
        Assert.Equal(StorageTrial.Numbers(5, 1), await StorageTrial.ReadAsync(trial.Open()));
    }

    [Fact]
    public async Task A_crash_while_deleting_leaves_an_end_of_the_journal()
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 200);
        await StorageTrial.AppendAsync(journal, 0, 20);
        trial.AtStep = step =>
            _ = step == StorageSteps.DeleteSegment && trial.Passed(step) == 3 ? throw new SimulatedCrashException(step) : 0;
        await Assert.ThrowsAsync<JournalWriteException>(() => journal.DeleteAsync(Ct));
        trial.AtStep = _ => { };

        var records = await StorageTrial.ReadAsync(trial.OpenWith(segmentBytes: 200));

        Assert.InRange(records.Length, 1, 19);
        Assert.Equal(StorageTrial.Numbers(20 - records.Length, records.Length), records);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Failing()
    {
        yield return StorageTrial.Record(1);
        throw new TimeoutException();
    }
}
