using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Storage;

/// <summary>On a real file system of half a megabyte, where the machine lets a test mount one.</summary>
[Trait("Requirement", "B4")]
public sealed class FullDiskTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_refuses_records_whole_and_takes_them_again_when_there_is_room()
    {
        using var folder = new TempFolder();
        Assert.SkipUnless(await SmallDisk.MountAsync(folder.Path, "512k"), "Mounting a tmpfs needs root.");
        try
        {
            var ballast = folder.File("ballast");
            await File.WriteAllBytesAsync(ballast, new byte[200_000], Ct);
            await using var committer = new JournalCommitter();
            var journal = Journal.Open(folder.File("journals"), "j", committer, new JournalOptions { SegmentBytes = 64 * 1024 });
            var record = StorageTrial.Record(new string('x', 1000));

            var acknowledged = await FillAsync(journal, record);
            var full = journal.Count;
            File.Delete(ballast);
            acknowledged += await FillAsync(journal, record);

            Assert.InRange(full, 1, acknowledged - 1);
            var next = Journal.Open(folder.File("journals"), "j", committer);
            Assert.Null(next.Repair);
            Assert.Equal(acknowledged, next.Count);
            Assert.Equal(journal.Bytes, next.Bytes);
        }
        finally
        {
            await SmallDisk.UnmountAsync(folder.Path);
        }
    }

    [Fact]
    public async Task A_document_keeps_its_content_and_backups_when_the_disk_is_full()
    {
        using var folder = new TempFolder();
        Assert.SkipUnless(await SmallDisk.MountAsync(folder.Path, "512k"), "Mounting a tmpfs needs root.");
        try
        {
            var document = new DocumentFile(folder.File("d.json"));
            await document.WriteAsync("first"u8.ToArray(), Ct);
            await document.WriteAsync("second"u8.ToArray(), Ct);

            await Assert.ThrowsAnyAsync<IOException>(() => document.WriteAsync(new byte[1_000_000], Ct));

            Assert.Equal("second"u8.ToArray(), await document.ReadAsync(Ct));
            Assert.Equal("first", await File.ReadAllTextAsync(folder.File("d.json.bak.1"), Ct));
            Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
        }
        finally
        {
            await SmallDisk.UnmountAsync(folder.Path);
        }
    }

    private static async Task<int> FillAsync(Journal journal, byte[] record)
    {
        for (var acknowledged = 0; ; acknowledged++)
        {
            var before = (journal.Count, journal.Bytes);
            try
            {
                await journal.AppendAsync(record, Ct);
            }
            catch (JournalWriteException)
            {
                Assert.Equal(before, (journal.Count, journal.Bytes));
                return acknowledged;
            }
        }
    }
}
