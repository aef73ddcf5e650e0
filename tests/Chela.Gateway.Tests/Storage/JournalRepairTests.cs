using System.Text;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Tests.Storage;

[Trait("Requirement", "B4")]
public sealed class JournalRepairTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_end_torn_at_any_byte_is_cut_off_saved_and_reported()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.Open(), 0, 3);
        var whole = await File.ReadAllBytesAsync(trial.Segment(1), Ct);
        var lastAt = whole.AsSpan()[..^1].LastIndexOf((byte)'\n') + 1;

        for (var length = lastAt + 1; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(trial.Segment(1), whole[..length], Ct);

            var journal = trial.Open();

            var repair = Assert.IsType<JournalRepair>(journal.Repair);
            Assert.Equal((trial.Segment(1), lastAt, length - lastAt), (repair.File, repair.Offset, repair.BytesCut));
            Assert.StartsWith($"{trial.Segment(1)}.cut-{lastAt}", repair.SavedAs);
            Assert.Equal(whole[lastAt..length], await File.ReadAllBytesAsync(repair.SavedAs, Ct));
            Assert.Equal(whole[..lastAt], await File.ReadAllBytesAsync(trial.Segment(1), Ct));
            Assert.Equal(StorageTrial.Numbers(0, 2), await StorageTrial.ReadAsync(journal));
            Assert.Null(trial.Open().Repair);
        }
    }

    [Fact]
    public async Task A_file_torn_between_two_records_needs_no_repair()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.Open(), 0, 3);
        var whole = await File.ReadAllBytesAsync(trial.Segment(1), Ct);
        var lastAt = whole.AsSpan()[..^1].LastIndexOf((byte)'\n') + 1;
        await File.WriteAllBytesAsync(trial.Segment(1), whole[..lastAt], Ct);

        var journal = trial.Open();

        Assert.Null(journal.Repair);
        Assert.Equal(2, journal.Count);
    }

    [Fact]
    public async Task A_repaired_journal_is_appended_to_where_it_was_cut()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.Open(), 0, 3);
        await File.AppendAllTextAsync(trial.Segment(1), """{"crc":"0000""", Ct);

        await StorageTrial.AppendAsync(trial.Open(), 3, 1);

        var next = trial.Open();
        Assert.Null(next.Repair);
        Assert.Equal(StorageTrial.Numbers(0, 4), await StorageTrial.ReadAsync(next));
    }

    [Fact]
    public async Task A_second_cut_at_the_same_place_does_not_overwrite_the_first()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.Open(), 0, 1);
        string[] torn = ["first", "second", "third"];
        foreach (var text in torn)
        {
            await File.AppendAllTextAsync(trial.Segment(1), text, Ct);
            Assert.NotNull(trial.Open().Repair);
        }

        var saved = trial.Files().Where(file => file.Contains(".cut-"))
            .Select(file => File.ReadAllText(Path.Combine(trial.Directory, file)));
        Assert.Equal(torn, saved);
    }

    [Fact]
    public async Task Any_flipped_bit_is_repaired_at_the_end_or_refused_and_no_record_comes_back_altered()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.Open(), 0, 4);
        var whole = await File.ReadAllBytesAsync(trial.Segment(1), Ct);
        var starts = LineStarts(whole);
        var all = StorageTrial.Numbers(0, 4);

        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var damaged = whole.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(trial.Segment(1), damaged, Ct);
            var line = starts.FindLastIndex(start => start <= bit / 8);

            if (line < 3)
            {
                var refusal = Assert.Throws<JournalCorruptException>(() => trial.Open());
                Assert.Equal((trial.Segment(1), starts[line]), (refusal.File, refusal.Offset));
                Assert.Equal(damaged, await File.ReadAllBytesAsync(trial.Segment(1), Ct));
            }
            else
            {
                var journal = trial.Open();
                Assert.Equal(starts[3], journal.Repair?.Offset);
                Assert.Equal(all[..3], await StorageTrial.ReadAsync(journal));
                File.Delete(journal.Repair!.SavedAs);
            }
        }
    }

    [Fact]
    public async Task A_hole_of_zeros_before_an_intact_record_is_refused_and_one_at_the_end_is_cut()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.Open(), 0, 3);
        var whole = await File.ReadAllBytesAsync(trial.Segment(1), Ct);
        var starts = LineStarts(whole);

        var middle = whole.ToArray();
        middle.AsSpan(starts[1], starts[2] - starts[1]).Clear();
        await File.WriteAllBytesAsync(trial.Segment(1), middle, Ct);
        Assert.Equal(starts[1], Assert.Throws<JournalCorruptException>(() => trial.Open()).Offset);

        var end = whole.ToArray();
        end.AsSpan(starts[1]).Clear();
        await File.WriteAllBytesAsync(trial.Segment(1), end, Ct);
        Assert.Equal(starts[1], trial.Open().Repair?.Offset);
    }

    [Fact]
    public async Task Overlong_garbage_is_searched_in_bounded_memory_for_a_record_behind_it()
    {
        await using var trial = new StorageTrial();
        var options = trial.Options with { RecordBytes = 1000 };
        await StorageTrial.AppendAsync(trial.Open(options), 0, 1);
        var line = await File.ReadAllBytesAsync(trial.Segment(1), Ct);
        var garbage = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("xxxxxxxxxx{\"crc\":\"1", 100_000)));

        await File.WriteAllBytesAsync(trial.Segment(1), [.. line, .. garbage, .. line], Ct);
        var refusal = Assert.Throws<JournalCorruptException>(() => trial.Open(options));
        await File.WriteAllBytesAsync(trial.Segment(1), [.. line, .. garbage], Ct);
        var journal = trial.Open(options);

        Assert.Equal(line.Length, refusal.Offset);
        Assert.Equal((line.Length, garbage.Length), (journal.Repair?.Offset, journal.Repair?.BytesCut));
        Assert.Equal(garbage, await File.ReadAllBytesAsync(journal.Repair!.SavedAs, Ct));
    }

    [Fact]
    public async Task An_end_damaged_in_an_earlier_segment_is_refused()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.OpenWith(segmentBytes: 200), 0, 20);
        var content = await File.ReadAllBytesAsync(trial.Segment(2), Ct);
        await File.WriteAllBytesAsync(trial.Segment(2), content[..^1], Ct);

        var refusal = Assert.Throws<JournalCorruptException>(() => trial.OpenWith(segmentBytes: 200));

        Assert.Equal(trial.Segment(2), refusal.File);
        Assert.Equal(LineStarts(content)[^1], refusal.Offset);
        Assert.Equal(content[..^1], await File.ReadAllBytesAsync(trial.Segment(2), Ct));
    }

    [Fact]
    public async Task An_emptied_segment_in_the_middle_is_refused()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.OpenWith(segmentBytes: 200), 0, 20);
        await File.WriteAllBytesAsync(trial.Segment(2), [], Ct);

        Assert.Equal(trial.Segment(2), Assert.Throws<JournalCorruptException>(() => trial.OpenWith(segmentBytes: 200)).File);
    }

    [Fact]
    public async Task A_missing_segment_in_the_middle_is_refused_and_missing_first_ones_are_not()
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.OpenWith(segmentBytes: 200), 0, 30);
        File.Delete(trial.Segment(3));
        var refusal = Assert.Throws<JournalCorruptException>(() => trial.OpenWith(segmentBytes: 200));
        File.Delete(trial.Segment(1));
        File.Delete(trial.Segment(2));

        var journal = trial.OpenWith(segmentBytes: 200);

        Assert.Equal(trial.Segment(3), refusal.File);
        var records = await StorageTrial.ReadAsync(journal);
        Assert.InRange(records.Length, 1, 29);
        Assert.Equal(StorageTrial.Numbers(30 - records.Length, records.Length), records);
    }

    [Theory]
    [InlineData(StorageSteps.RepairBeforeSave)]
    [InlineData(StorageSteps.RepairBeforeTruncate)]
    [InlineData(StorageSteps.RepairAfterTruncate)]
    public async Task A_crash_within_a_repair_loses_neither_record_nor_cut(string step)
    {
        await using var trial = new StorageTrial();
        await StorageTrial.AppendAsync(trial.Open(), 0, 2);
        await File.AppendAllTextAsync(trial.Segment(1), "torn", Ct);
        trial.AtStep = passed => _ = passed == step ? throw new SimulatedCrashException(step) : 0;
        Assert.Throws<SimulatedCrashException>(() => trial.Open());
        trial.AtStep = _ => { };

        var journal = trial.Open();

        Assert.Equal(StorageTrial.Numbers(0, 2), await StorageTrial.ReadAsync(journal));
        var cuts = trial.Files().Where(file => file.Contains(".cut-")).ToArray();
        Assert.NotEmpty(cuts);
        Assert.All(cuts, cut => Assert.Equal("torn", File.ReadAllText(Path.Combine(trial.Directory, cut))));
    }

    private static List<int> LineStarts(byte[] content)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < content.Length - 1; i++)
        {
            if (content[i] == '\n')
            {
                starts.Add(i + 1);
            }
        }

        return starts;
    }
}
