using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Usage;

[Trait("Requirement", "G1")]
public sealed class UsageLedgerTests : IAsyncDisposable
{
    private readonly StorageTrial _trial = new();
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DateOnly Today => DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);

    [Fact]
    public async Task What_agents_took_is_there_after_a_restart_and_counts_from_midnight()
    {
        var ledger = Open();
        ledger.Add(Line("main", 10, 0.5m));
        ledger.Add(Line("main", 5, 0.25m));
        ledger.Add(Line("other", 1, null));
        await ledger.FlushAsync();

        var again = Open();
        await again.LoadAsync(Ct);
        var today = (again.SpentToday("main"), again.SpentToday("other"), again.SpentToday("nobody"));
        _clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal((new Spent(15, 0.75m), new Spent(1, 0), default(Spent)), today);
        Assert.Equal(default, again.SpentToday("main"));
        Assert.Equal(3, (await ReadAsync(again, Today.AddDays(-1), Today)).Count);
        Assert.Empty(await ReadAsync(again, Today, Today));
    }

    [Fact]
    public async Task A_day_is_kept_as_long_as_reports_go_back_and_no_longer()
    {
        var ledger = Open();
        var first = Today;
        ledger.Add(Line("main", 1, null));
        await ledger.FlushAsync();
        _clock.Advance(TimeSpan.FromDays(UsageLedger.KeptDays));
        ledger.SpentToday("main");
        var kept = await ReadAsync(ledger, first, first);
        _clock.Advance(TimeSpan.FromDays(1));
        ledger.SpentToday("main");

        Assert.Single(kept);
        Assert.Empty(await ReadAsync(ledger, first, first));
        Assert.Empty(Directory.GetFiles(_trial.Directory));
    }

    [Fact]
    public async Task What_the_disk_refuses_counts_all_the_same_until_the_next_start()
    {
        var ledger = Open();
        _trial.AtStep = step => _ = step == StorageSteps.JournalBeforeWrite ? throw new IOException("No space left on device") : 0;
        ledger.Add(Line("main", 10, null));
        await ledger.FlushAsync();
        _trial.AtStep = _ => { };
        ledger.Add(Line("main", 2, null));
        await ledger.FlushAsync();

        var again = Open();
        await again.LoadAsync(Ct);
        Assert.Equal((12, 2), (ledger.SpentToday("main").Tokens, again.SpentToday("main").Tokens));
    }

    [Fact]
    public async Task Where_the_new_day_can_have_no_file_the_one_before_serves_until_it_can()
    {
        var ledger = Open();
        ledger.Add(Line("main", 10, null));
        ledger.Add(Line("main", 1, null));
        await ledger.FlushAsync();
        var file = Assert.Single(Directory.GetFiles(_trial.Directory));
        var yesterday = $"{Today:yyyy-MM-dd}";
        _clock.Advance(TimeSpan.FromDays(1));
        var damaged = file.Replace(yesterday, $"{Today:yyyy-MM-dd}", StringComparison.Ordinal);
        File.WriteAllText(damaged, "no journal" + File.ReadAllText(file)[10..]);

        ledger.Add(Line("main", 2, null));
        await ledger.FlushAsync();
        var meanwhile = ledger.SpentToday("main").Tokens;
        File.Delete(damaged);
        ledger.Add(Line("main", 4, null));
        await ledger.FlushAsync();

        Assert.Equal((13, 4), (meanwhile, ledger.SpentToday("main").Tokens));
        Assert.Equal([10, 1, 2, 4], (await ReadAsync(ledger, Today.AddDays(-1), Today)).Select(line => line.Call!.Tokens));
    }

    [Fact]
    public async Task What_works_for_a_task_counts_for_all_who_had_it_done_also_after_a_restart()
    {
        var (parent, cook, maid) = ("agent:main:main", "agent:cook:subagent:1", "agent:maid:subagent:2");
        UsageLine[] lines =
        [
            Line("main", 1, null) with { RunId = "asked" },
            Line("main", 2, null) with { RunId = "other" },
            Line("main", 4, null) with { RunId = "1", Session = cook, For = new UsageOrigin("asked", [parent]) },
            Line("main", 8, null) with { RunId = "2", Session = maid, For = new UsageOrigin("asked", [cook, parent]) },
            Line("main", 16, null) with { RunId = "subagent:1", For = new UsageOrigin("asked", []) },
        ];
        var ledger = Open();
        lines.ToList().ForEach(ledger.Add);
        await ledger.FlushAsync();
        var again = Open();
        await again.LoadAsync(Ct);

        foreach (var one in new[] { ledger, again })
        {
            Assert.Equal([29, 12, 8, 2], new[] { ("asked", parent), ("asked", cook), ("asked", maid), ("other", parent) }.Select(task => one.SpentFor(task.Item1, task.Item2).Tokens));
            Assert.Equal([31, 12, 8], new[] { "main", "cook", "maid" }.Select(agent => one.SpentToday(agent).Tokens));
        }
    }

    [Fact]
    public void Of_tasks_without_end_the_latest_are_known()
    {
        var sums = new TaskSums();
        var call = new UsageCall("openai", "gpt-5-mini", 1, 0, 0);
        for (var number = 0; number <= TaskSums.Most; number++)
        {
            sums.Add("first", "s", call);
            sums.Add($"{number}", "s", call);
        }

        Assert.Equal((TaskSums.Most + 1, 0, 0, 1), (sums.Of("first", "s").Tokens, sums.Of("0", "s").Tokens, sums.Of("1", "s").Tokens, sums.Of("2", "s").Tokens));
    }

    public async ValueTask DisposeAsync() => await _trial.DisposeAsync();

    private UsageLedger Open() => new(
        _trial.Directory, new Journals(_trial.Committer, _trial.Options, NullLogger<Journals>.Instance), _clock, NullLogger<UsageLedger>.Instance);

    private UsageLine Line(string agent, long tokens, decimal? cost) => new(_clock.NowMs, "run", $"agent:{agent}:main", "id")
    {
        Call = new UsageCall("openai", "gpt-5-mini", tokens, 0, 0) { Cost = cost is { } dollars ? new UsageCost(dollars, 0, 0) : null },
    };

    private static async Task<List<UsageLine>> ReadAsync(UsageLedger ledger, DateOnly first, DateOnly last)
    {
        var lines = new List<UsageLine>();
        await foreach (var line in ledger.ReadAsync(first, last, Ct))
        {
            lines.Add(line);
        }

        return lines;
    }
}
