using Chela.Gateway.Hosting.Doctor;
using Chela.Gateway.Hosting.HealthChecks;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Hosting.HealthChecks;

/// <summary>From where on a part is not well.</summary>
[Trait("Requirement", "K7")]
public sealed class ThresholdTests
{
    private const long Mebibyte = 1024 * 1024;

    [Fact]
    public void A_disk_that_is_nearly_full_of_bytes_or_of_files()
    {
        var roomy = new DiskFacts(100 * Mebibyte, Files: 10_000, FreeFiles: 1_000, IsReadOnly: false);

        Assert.Equal(HealthFinding.Fine, StorageCheck.OfRoom(roomy));
        Assert.Equal(HealthFinding.Fine, StorageCheck.OfRoom(roomy with { Files = 0, FreeFiles = 0 }));
        Assert.Equal("the disk of the state directory is nearly full: 99 MiB are free", StorageCheck.OfRoom(roomy with { FreeBytes = (100 * Mebibyte) - 1 }).Reason);
        Assert.Equal("the disk of the state directory has room for 999 more files only", StorageCheck.OfRoom(roomy with { FreeFiles = 999 }).Reason);
    }

    [Fact]
    public void Lanes_memory_and_threads()
    {
        Assert.Equal(HealthFinding.Fine, MessagesCheck.Of(MessagesCheck.Many - 1));
        Assert.Equal(HealthLevel.Degraded, MessagesCheck.Of(MessagesCheck.Many).Level);
        Assert.Equal(HealthFinding.Fine, MemoryCheck.Of(900 * Mebibyte, 1_000 * Mebibyte));
        Assert.Equal("the gateway takes 901 of the 1000 MiB that it may have", MemoryCheck.Of(901 * Mebibyte, 1_000 * Mebibyte).Reason);
        Assert.Equal(HealthFinding.Fine, ThreadsCheck.Of(TimeSpan.FromMilliseconds(999), 5));
        Assert.Equal(HealthFinding.Degraded("work waited 1.0 s for a thread, and 5 pieces of it wait now"), ThreadsCheck.Of(ThreadsCheck.Slow, 5));
        Assert.Equal(HealthLevel.Down, ThreadsCheck.Of(ThreadsCheck.Stuck, 5).Level);
    }

    [Fact]
    public void A_journal_that_the_disk_refused_counts_until_it_is_taken_again_or_nobody_wrote_to_it_for_long()
    {
        var clock = new ManualTimeProvider();
        var faults = new JournalFaults(clock);

        faults.Note("inbox", new JournalWriteException("no room for inbox", new IOException()));
        faults.Note("outbox", new JournalWriteException("no room for outbox", new IOException()));
        var both = faults.Reasons;
        faults.Note("outbox", null);
        var one = faults.Reasons;
        clock.Advance(JournalFaults.Remembered);

        Assert.Equal(["no room for inbox", "no room for outbox"], both);
        Assert.Equal(["no room for inbox"], one);
        Assert.Empty(faults.Reasons);
    }
}
