using System.Text;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Tests.Storage;

public sealed class DocumentFileTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_missing_document_reads_as_null_and_a_written_one_as_its_content()
    {
        await using var trial = new StorageTrial();
        var document = new DocumentFile(trial.File("deep/er/d.json"));

        var missing = await document.ReadAsync(Ct);
        await WriteAsync(document, "content");

        Assert.Null(missing);
        Assert.Equal("content", await ReadAsync(document));
        Assert.Single(Directory.GetFiles(trial.File("deep/er")));
    }

    [Fact]
    public async Task The_last_ten_contents_are_kept_newest_first()
    {
        await using var trial = new StorageTrial();
        var document = new DocumentFile(trial.File("d.json"));

        for (var n = 1; n <= 15; n++)
        {
            await WriteAsync(document, $"content {n}");
        }

        Assert.Equal("content 15", await ReadAsync(document));
        for (var n = 1; n <= 10; n++)
        {
            Assert.Equal($"content {15 - n}", await File.ReadAllTextAsync(trial.File($"d.json.bak.{n}"), Ct));
        }

        Assert.Equal(11, Directory.GetFiles(trial.File("."), "d.json*").Length);
    }

    [Theory]
    [InlineData(StorageSteps.DocumentBeforeWrite, false)]
    [InlineData(StorageSteps.DocumentBeforeBackup, false)]
    [InlineData(StorageSteps.DocumentBeforeShift, false)]
    [InlineData(StorageSteps.DocumentAfterShift, false)]
    [InlineData(StorageSteps.DocumentBeforeRename, false)]
    [InlineData(StorageSteps.DocumentAfterRename, true)]
    [InlineData(StorageSteps.DocumentAfterFsync, true)]
    public async Task A_crash_at_any_step_leaves_the_old_or_the_new_content_and_every_backup(string step, bool isNew)
    {
        await using var trial = new StorageTrial();
        var document = new DocumentFile(trial.File("d.json"), trial.DocumentOptions);
        for (var n = 1; n <= 4; n++)
        {
            await WriteAsync(document, $"content {n}");
        }

        trial.AtStep = passed => _ = passed == step ? throw new SimulatedCrashException(step) : 0;
        await Assert.ThrowsAsync<SimulatedCrashException>(() => WriteAsync(document, "content 5"));
        trial.AtStep = _ => { };

        var next = new DocumentFile(trial.File("d.json"));
        Assert.Equal(isNew ? "content 5" : "content 4", await ReadAsync(next));
        Assert.Superset(new HashSet<string> { "content 1", "content 2", "content 3" }, Backups(trial).ToHashSet());
        await WriteAsync(next, "content 6");
        Assert.Equal("content 6", await ReadAsync(next));
        Assert.Equal(isNew ? "content 5" : "content 4", await File.ReadAllTextAsync(trial.File("d.json.bak.1"), Ct));
        Assert.Superset(new HashSet<string> { "content 1", "content 2", "content 3" }, Backups(trial).ToHashSet());
        Assert.DoesNotContain(Directory.GetFiles(trial.File(".")), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gap_in_the_ring_does_not_cost_the_oldest_backup()
    {
        await using var trial = new StorageTrial();
        var document = new DocumentFile(trial.File("d.json"));
        for (var n = 1; n <= 11; n++)
        {
            await WriteAsync(document, $"content {n}");
        }

        File.Delete(trial.File("d.json.bak.3"));
        await WriteAsync(document, "content 12");

        Assert.Equal("content 1", await File.ReadAllTextAsync(trial.File("d.json.bak.10"), Ct));
        Assert.Equal(
            ["content 11", "content 10", "content 9"],
            Enumerable.Range(1, 3).Select(n => File.ReadAllText(trial.File($"d.json.bak.{n}"))));
    }

    [Fact]
    public async Task Empty_and_oversized_contents_are_refused()
    {
        await using var trial = new StorageTrial();
        var document = new DocumentFile(trial.File("d.json"), new DocumentOptions { MaxBytes = 10 });
        await WriteAsync(document, "0123456789");

        await Assert.ThrowsAsync<ArgumentException>(() => document.WriteAsync(default, Ct));
        await Assert.ThrowsAsync<InvalidDataException>(() => WriteAsync(document, "0123456789a"));
        Assert.Equal("0123456789", await ReadAsync(document));
        await File.WriteAllTextAsync(document.Path, "0123456789a", Ct);
        await Assert.ThrowsAsync<InvalidDataException>(() => document.ReadAsync(Ct));
    }

    [Fact]
    public async Task A_document_that_somebody_emptied_does_not_enter_the_ring()
    {
        await using var trial = new StorageTrial();
        var document = new DocumentFile(trial.File("d.json"));
        await WriteAsync(document, "one");
        await WriteAsync(document, "two");
        await File.WriteAllBytesAsync(document.Path, [], Ct);

        await WriteAsync(document, "three");

        Assert.Equal(["one"], Backups(trial));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Through_a_link_the_target_is_written_and_the_link_stays(bool targetExists)
    {
        await using var trial = new StorageTrial();
        var target = trial.File("elsewhere/real.json");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (targetExists)
        {
            await File.WriteAllTextAsync(target, "before", Ct);
        }

        File.CreateSymbolicLink(trial.File("middle.json"), "elsewhere/real.json");
        File.CreateSymbolicLink(trial.File("d.json"), trial.File("middle.json"));
        var document = new DocumentFile(trial.File("d.json"));

        await WriteAsync(document, "after");

        Assert.Equal("after", await File.ReadAllTextAsync(target, Ct));
        Assert.Equal("after", await ReadAsync(document));
        Assert.NotNull(new FileInfo(trial.File("d.json")).LinkTarget);
        Assert.NotNull(new FileInfo(trial.File("middle.json")).LinkTarget);
        Assert.Single(Directory.GetFiles(trial.File("elsewhere")));
        Assert.Equal(targetExists ? ["before"] : [], Backups(trial));
    }

    [Fact]
    public async Task Only_the_owner_may_read_document_and_backups_even_where_others_could_before()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var trial = new StorageTrial();
        var document = new DocumentFile(trial.File("sub/d.json"));
        await WriteAsync(document, "one");
#pragma warning disable CA1416 // Skipped on Windows above.
        File.SetUnixFileMode(document.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        await WriteAsync(document, "two");

        Assert.All(Directory.GetFiles(trial.File("sub")), file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(trial.File("sub")));
#pragma warning restore CA1416
    }

    [Fact]
    public async Task Where_others_write_too_only_the_expected_content_is_replaced()
    {
        await using var trial = new StorageTrial();
        var document = new DocumentFile(trial.File("d.json"));

        Assert.True(await document.ReplaceAsync(null, "one"u8.ToArray(), Ct));
        Assert.False(await document.ReplaceAsync(null, "two"u8.ToArray(), Ct));
        Assert.False(await document.ReplaceAsync("One"u8.ToArray(), "two"u8.ToArray(), Ct));
        Assert.True(await document.ReplaceAsync("one"u8.ToArray(), "two"u8.ToArray(), Ct));
        File.Delete(document.Path);
        Assert.False(await document.ReplaceAsync("two"u8.ToArray(), "three"u8.ToArray(), Ct));

        Assert.False(File.Exists(document.Path));
        Assert.Equal(["one"], Backups(trial));
    }

    [Fact]
    public async Task A_document_that_others_read_can_keep_its_mode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var trial = new StorageTrial();
        var document = new DocumentFile(trial.File("d.json"), new DocumentOptions { KeepsMode = true });
        await WriteAsync(document, "one");
#pragma warning disable CA1416 // Skipped on Windows above.
        var onlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(onlyOwner, File.GetUnixFileMode(document.Path));
        File.SetUnixFileMode(document.Path, onlyOwner | UnixFileMode.GroupRead);

        await WriteAsync(document, "two");

        Assert.Equal(onlyOwner | UnixFileMode.GroupRead, File.GetUnixFileMode(document.Path));
        Assert.Equal(onlyOwner, File.GetUnixFileMode(trial.File("d.json.bak.1")));
#pragma warning restore CA1416
    }

    [Fact]
    public async Task Readers_and_writers_at_once_always_meet_a_whole_content()
    {
        await using var trial = new StorageTrial();
        var document = new DocumentFile(trial.File("d.json"));
        await WriteAsync(document, new string('a', 50_000));

        var writers = Enumerable.Range(0, 4).Select(n => Task.Run(
            async () =>
            {
                for (var i = 0; i < 10; i++)
                {
                    await WriteAsync(document, new string((char)('a' + n), 50_000 + (n * 1000)));
                }
            },
            Ct)).ToArray();
        var writing = Task.WhenAll(writers);
        do
        {
            var content = await ReadAsync(document);
            Assert.Equal(50_000 + ((content[0] - 'a') * 1000), content.Length);
            Assert.Equal(content.Length, content.Count(c => c == content[0]));
        }
        while (!writing.IsCompleted);

        await writing;
    }

    private static Task WriteAsync(DocumentFile document, string content) => document.WriteAsync(Encoding.UTF8.GetBytes(content), Ct);

    private static async Task<string> ReadAsync(DocumentFile document) => Encoding.UTF8.GetString((await document.ReadAsync(Ct))!);

    private static List<string> Backups(StorageTrial trial) =>
    [
        .. Directory.GetFiles(trial.File("."), "d.json.bak.*")
            .Where(file => !file.EndsWith(".tmp", StringComparison.Ordinal))
            .Select(File.ReadAllText),
    ];
}
