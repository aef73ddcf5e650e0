using System.Text;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Tests.Storage;

[Trait("Requirement", "B4")]
public sealed class JournalReadTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_sees_what_was_there_when_it_began_and_appends_go_on_beside_it()
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 500);
        await StorageTrial.AppendAsync(journal, 0, 40);
        var seen = new List<string>();

        await foreach (var record in journal.ReadAsync(Ct))
        {
            seen.Add(Encoding.UTF8.GetString(record.Span));
            await StorageTrial.AppendAsync(journal, 100 + seen.Count, 1);
        }

        Assert.Equal(StorageTrial.Numbers(0, 40), seen);
        Assert.Equal(80, journal.Count);
    }

    [Fact]
    public async Task A_reader_sees_records_that_were_only_queued()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        for (var n = 0; n < 500; n++)
        {
            journal.Append(StorageTrial.Record(n));
        }

        Assert.Equal(StorageTrial.Numbers(0, 500), await StorageTrial.ReadAsync(journal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reader_is_not_disturbed_when_the_journal_is_replaced_or_deleted(bool delete)
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 200);
        await StorageTrial.AppendAsync(journal, 0, 40);
        var seen = new List<string>();

        await foreach (var record in journal.ReadAsync(Ct))
        {
            seen.Add(Encoding.UTF8.GetString(record.Span));
            if (seen.Count == 1)
            {
                await (delete ? journal.DeleteAsync(Ct) : journal.ReplaceAsync([StorageTrial.Record(99)], Ct));
            }
        }

        Assert.Equal(StorageTrial.Numbers(0, 40), seen);
        Assert.Equal(delete ? 0 : 1, journal.Count);
    }

    [Fact]
    public async Task Readers_and_writers_together_always_see_a_prefix()
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 1000);
        var writing = Task.Run(() => StorageTrial.AppendAsync(journal, 0, 300), Ct);

        do
        {
            var before = journal.Count;
            var records = await StorageTrial.ReadAsync(journal);
            Assert.True(records.Length >= before);
            Assert.Equal(StorageTrial.Numbers(0, records.Length), records);
            var tail = await journal.ReadTailAsync(10, 1000, Ct);
            Assert.True(tail.Count >= Math.Min(10, records.Length));
        }
        while (!writing.IsCompleted);

        await writing;
    }

    [Fact]
    public async Task A_record_that_the_disk_damages_after_opening_is_reported_and_not_returned()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        await StorageTrial.AppendAsync(journal, 0, 3);
        var content = await File.ReadAllBytesAsync(trial.Segment(1), Ct);
        var line = content.Length / 3;
        content[line + 30] ^= 1;
        await File.WriteAllBytesAsync(trial.Segment(1), content, Ct);

        var seen = new List<string>();
        var damage = await Assert.ThrowsAsync<JournalCorruptException>(async () =>
        {
            await foreach (var record in journal.ReadAsync(Ct))
            {
                seen.Add(Encoding.UTF8.GetString(record.Span));
            }
        });

        Assert.Equal(line, damage.Offset);
        Assert.Equal(StorageTrial.Numbers(0, 1), seen);
        Assert.Equal(line, (await Assert.ThrowsAsync<JournalCorruptException>(() => journal.ReadTailAsync(3, 1000, Ct))).Offset);
        Assert.Single(await journal.ReadTailAsync(1, 1000, Ct));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task The_tail_is_the_end_of_the_whole(int seed)
    {
        await using var trial = new StorageTrial();
        var random = new Random(seed);
        var journal = trial.OpenWith(segmentBytes: random.Next(100, 300_000));
        for (var n = random.Next(1, 300); n > 0; n--)
        {
            var size = random.Next(20) == 0 ? random.Next(200_000) : random.Next(300);
            journal.Append(StorageTrial.Record(new string((char)random.Next('a', 'z'), size)));
        }

        var all = await StorageTrial.ReadAsync(journal);
        for (var trials = 0; trials < 50; trials++)
        {
            var records = random.Next(0, all.Length + 10);
            var bytes = random.Next(3) == 0 ? long.MaxValue : random.NextInt64(0, random.Next(2) == 0 ? 1000 : 2_000_000);

            var tail = await journal.ReadTailAsync(records, bytes, Ct);

            Assert.Equal(ExpectedTail(all, records, bytes), tail.Select(Encoding.UTF8.GetString));
        }
    }

    [Fact]
    public async Task The_tail_of_a_long_journal_touches_only_its_end()
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 100_000);
        for (var n = 0; n < 5000; n++)
        {
            journal.Append(StorageTrial.Record(new string('x', 100)));
        }

        await journal.FlushAsync(Ct);
        await File.WriteAllTextAsync(trial.Segment(1), "destroyed", Ct);

        Assert.Equal(500, (await journal.ReadTailAsync(500, long.MaxValue, Ct)).Count);
    }

    [Fact]
    public async Task A_reader_may_stop_early_and_be_cancelled()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        await StorageTrial.AppendAsync(journal, 0, 10);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await foreach (var _ in journal.ReadAsync(Ct))
        {
            break;
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in journal.ReadAsync(cancelled.Token))
            {
            }
        });
        await journal.DeleteAsync(Ct);
        Assert.Empty(trial.Files());
    }

    private static string[] ExpectedTail(string[] all, int records, long bytes)
    {
        var from = all.Length;
        while (from > 0 && all.Length - from < records && all[from - 1].Length <= bytes)
        {
            bytes -= all[--from].Length;
        }

        return all[from..];
    }
}
