using Chela.Gateway.Storage;

namespace Chela.Gateway.Tests.Storage;

/// <summary>Run alone: what other tests allocate and open meanwhile would be counted too.</summary>
[CollectionDefinition(nameof(JournalMemoryTests), DisableParallelization = true)]
[Collection(nameof(JournalMemoryTests))]
public sealed class JournalMemoryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_idle_journal_costs_less_than_a_kilobyte_and_no_handle()
    {
        await using var trial = new StorageTrial();
        var kept = new Journal[200];
        foreach (var i in Enumerable.Range(0, 10))
        {
            kept[i] = await UsedAsync(trial, i);
        }

        var handles = OpenHandles();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 10; i < kept.Length; i++)
        {
            kept[i] = await UsedAsync(trial, i);
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (kept.Length - 10);
        Assert.InRange(each, 0, 1023);
        Assert.InRange(OpenHandles() - handles, -50, 50);
        GC.KeepAlive(kept);
    }

    private static async Task<Journal> UsedAsync(StorageTrial trial, int number)
    {
        var journal = Journal.Open(Path.Combine(trial.Directory, number.ToString()), "j", trial.Committer);
        await journal.AppendAsync(StorageTrial.Record(number), Ct);
        return journal;
    }

    private static int OpenHandles() => OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
}
