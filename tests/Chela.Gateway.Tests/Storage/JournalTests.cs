using System.Text;
using System.Text.Json;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Tests.Storage;

[Trait("Requirement", "B4")]
public sealed class JournalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_journal_that_was_never_written_is_empty_and_creates_nothing()
    {
        await using var trial = new StorageTrial();

        var journal = trial.Open();
        await journal.FlushAsync(Ct);
        var tail = await journal.ReadTailAsync(10, 1000, Ct);
        var records = await StorageTrial.ReadAsync(journal);

        Assert.Empty(records);
        Assert.Empty(tail);
        Assert.Equal((0, 0), (journal.Count, journal.Bytes));
        Assert.False(Directory.Exists(trial.Directory));
    }

    [Fact]
    public async Task Appended_records_are_read_in_order_by_this_and_by_the_next_process()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        await journal.AppendAsync("""{"a":"grüße ☃"}"""u8.ToArray(), Ct);
        await journal.AppendAsync("{}"u8.ToArray(), Ct);
        journal.Append("""{"b":[1,2]}"""u8.ToArray());
        await journal.AppendAsync("""{"c":null}"""u8.ToArray(), Ct);
        string[] expected = ["""{"a":"grüße ☃"}""", "{}", """{"b":[1,2]}""", """{"c":null}"""];

        var now = await StorageTrial.ReadAsync(journal);
        var next = trial.Open();
        var later = await StorageTrial.ReadAsync(next);

        Assert.Equal(expected, now);
        Assert.Equal(expected, later);
        Assert.Null(next.Repair);
        Assert.Equal((4, new FileInfo(trial.Segment(1)).Length), (next.Count, next.Bytes));
        Assert.Equal((journal.Count, journal.Bytes), (next.Count, next.Bytes));
    }

    [Fact]
    public async Task Every_line_is_JSON_with_the_checksum_in_a_fixed_place()
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();

        await journal.AppendAsync("""{"x":1}"""u8.ToArray(), Ct);

        var line = await File.ReadAllTextAsync(trial.Segment(1), Ct);
        Assert.Matches("""^\{"crc":"[0-9a-f]{8}","rec":\{"x":1\}\}\n$""", line);
        using var json = JsonDocument.Parse(line);
        Assert.Equal(1, json.RootElement.GetProperty("rec").GetProperty("x").GetInt32());
    }

    [Fact]
    public void The_checksum_is_CRC_32C()
    {
        // The check value of CRC-32C over "123456789" is e3069283; a record must be an object, so one of a known sum stands for it.
        var record = """{"check":"123456789"}"""u8;
        var line = new byte[record.Length + JournalLine.Overhead];

        JournalLine.Write(record, line);

        Assert.Equal(BitwiseCrc32C(record).ToString("x8"), Encoding.ASCII.GetString(line, 8, 8));
        Assert.Equal(0xe3069283, BitwiseCrc32C("123456789"u8));
        Assert.True(JournalLine.IsIntact(line.AsSpan()[..^1]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("{\"a\":\n1}")]
    [InlineData("{\"a\":\r1}")]
    [InlineData("{} ")]
    [InlineData("null")]
    public async Task What_is_not_an_object_on_one_line_is_refused(string text)
    {
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        var record = Encoding.UTF8.GetBytes(text);

        await Assert.ThrowsAsync<ArgumentException>(async () => await journal.AppendAsync(record, Ct));
        Assert.Throws<ArgumentException>(() => journal.Append(record));
        Assert.Equal(0, journal.Count);
    }

    [Fact]
    public async Task A_record_longer_than_the_bound_is_refused_and_one_of_just_that_length_survives()
    {
        await using var trial = new StorageTrial();
        var options = trial.Options with { RecordBytes = 100_000 };
        var journal = trial.Open(options);
        var longest = StorageTrial.Record(new string('x', 100_000 - 8));

        await journal.AppendAsync(longest, Ct);
        var longer = StorageTrial.Record(new string('x', 100_000 - 7));
        await Assert.ThrowsAsync<ArgumentException>(async () => await journal.AppendAsync(longer, Ct));

        var next = trial.Open(options);
        Assert.Equal(Encoding.UTF8.GetString(longest), Assert.Single(await StorageTrial.ReadAsync(next)));
        Assert.Equal(longest, Assert.Single(await next.ReadTailAsync(1, long.MaxValue, Ct)));
    }

    [Fact]
    public async Task Segments_roll_at_their_bound_and_read_as_one()
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 200);

        await StorageTrial.AppendAsync(journal, 0, 50);

        var next = trial.OpenWith(segmentBytes: 200);
        Assert.True(trial.Files().Length > 5);
        Assert.All(trial.Files(), file => Assert.InRange(new FileInfo(Path.Combine(trial.Directory, file)).Length, 1, 200));
        Assert.Equal(StorageTrial.Numbers(0, 50), await StorageTrial.ReadAsync(next));
        Assert.Equal((50, journal.Bytes), (next.Count, next.Bytes));
    }

    [Fact]
    public async Task One_batch_may_fill_several_segments()
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 200);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(n => journal.AppendAsync(StorageTrial.Record(n), Ct).AsTask()));

        var next = trial.OpenWith(segmentBytes: 200);
        Assert.Equal(StorageTrial.Numbers(0, 200), await StorageTrial.ReadAsync(next));
        Assert.Equal((200, journal.Bytes), (next.Count, next.Bytes));
    }

    [Fact]
    public async Task A_record_larger_than_a_segment_gets_one_of_its_own()
    {
        await using var trial = new StorageTrial();
        var journal = trial.OpenWith(segmentBytes: 50);

        await journal.AppendAsync(StorageTrial.Record("small"), Ct);
        await journal.AppendAsync(StorageTrial.Record(new string('x', 500)), Ct);
        await journal.AppendAsync(StorageTrial.Record("small"), Ct);

        Assert.Equal(3, trial.Files().Length);
        Assert.Equal(3, (await StorageTrial.ReadAsync(trial.OpenWith(segmentBytes: 50))).Length);
    }

    [Fact]
    public async Task Only_the_owner_may_read_what_is_stored()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var trial = new StorageTrial();
        var journal = trial.Open();
        await journal.AppendAsync(StorageTrial.Record(1), Ct);
        await journal.ReplaceAsync([StorageTrial.Record(2)], Ct);
        await File.AppendAllTextAsync(trial.Segment(2), "torn", Ct);

        trial.Open();

#pragma warning disable CA1416 // Skipped on Windows above.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(trial.Directory));
        Assert.Equal(2, trial.Files().Length);
        Assert.All(trial.Files(), file => Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(trial.Directory, file))));
#pragma warning restore CA1416
    }

    [Fact]
    public async Task Journals_of_similar_names_share_a_directory()
    {
        await using var trial = new StorageTrial();
        var names = new[] { "a", "a.b", "a.000001", "A-1", "ä" };
        var journals = names.Select(name => Journal.Open(trial.Directory, name, trial.Committer)).ToArray();
        for (var i = 0; i < names.Length; i++)
        {
            await journals[i].AppendAsync(StorageTrial.Record(i), Ct);
        }

        for (var i = 0; i < names.Length; i++)
        {
            var again = Journal.Open(trial.Directory, names[i], trial.Committer);
            Assert.Equal(StorageTrial.Numbers(i, 1), await StorageTrial.ReadAsync(again));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("../a")]
    public async Task A_name_that_leaves_its_directory_is_refused(string name)
    {
        await using var trial = new StorageTrial();

        Assert.Throws<ArgumentException>(() => Journal.Open(trial.Directory, name, trial.Committer));
    }

    private static uint BitwiseCrc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82f63b78 : crc >> 1;
            }
        }

        return ~crc;
    }
}
