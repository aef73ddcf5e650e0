namespace Chela.Gateway.Usage;

/// <summary>Adds up lines of the ledger. Not for several threads.</summary>
internal sealed class UsageSum(UsageDays days)
{
    private readonly Dictionary<string, int> _tools = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Provider, string Model), CostSum> _models = [];
    private readonly Dictionary<(DateOnly Day, string Provider, string Model), CostSum> _modelDays = [];
    private readonly SortedDictionary<DateOnly, Day> _days = [];
    private readonly CostSum _all = new();

    public CostTotals Totals => _all.Totals;

    public long FirstMs { get; private set; } = long.MaxValue;

    public long LastMs { get; private set; }

    /// <summary>How long it was from the first line to the last.</summary>
    public long DurationMs => Math.Max(0, LastMs - FirstMs);

    public MessageCounts Messages
    {
        get
        {
            var (runs, tools) = (_days.Values.Sum(day => day.Durations.Count), _tools.Values.Sum());
            return new MessageCounts((2 * runs) + tools, runs, runs, tools, tools, _days.Values.Sum(day => day.Errors));
        }
    }

    public ToolUsage Tools => new(
        _tools.Values.Sum(), _tools.Count, [.. _tools.OrderByDescending(tool => tool.Value).ThenBy(tool => tool.Key, StringComparer.Ordinal).Select(tool => new ToolCount(tool.Key, tool.Value))]);

    public IReadOnlyList<ModelUsageRow> Models =>
        [.. _models.Select(model => new ModelUsageRow(model.Key.Provider, model.Key.Model, model.Value.Calls, model.Value.Totals)).OrderByDescending(row => row.Totals.TotalTokens)];

    public IReadOnlyList<ModelUsageRow> Providers =>
    [
        .. _models.GroupBy(model => model.Key.Provider, StringComparer.Ordinal)
            .Select(models => new ModelUsageRow(models.Key, null, models.Sum(model => model.Value.Calls), CostSum.Of(models.Select(model => model.Value)).Totals))
            .OrderByDescending(row => row.Totals.TotalTokens),
    ];

    public IReadOnlyList<ModelDay> ModelDays =>
    [
        .. _modelDays.OrderBy(one => one.Key).Select(one => new ModelDay(
            UsageDays.Text(one.Key.Day), one.Key.Provider, one.Key.Model, one.Value.Totals.TotalTokens, one.Value.Totals.TotalCost, one.Value.Calls)),
    ];

    public IReadOnlyList<DailyCost> Costs => [.. _days.Select(day => new DailyCost(UsageDays.Text(day.Key), day.Value.Cost.Totals))];

    public IReadOnlyList<DayBreakdown> Breakdown => [.. Costs.Select(day => new DayBreakdown(day.Date, day.TotalTokens, day.TotalCost))];

    public IReadOnlyList<DayUsage> Days =>
    [
        .. _days.Select(day => new DayUsage(
            UsageDays.Text(day.Key), day.Value.Cost.Totals.TotalTokens, day.Value.Cost.Totals.TotalCost,
            (2 * day.Value.Durations.Count) + day.Value.ToolCalls, day.Value.ToolCalls, day.Value.Errors)),
    ];

    public LatencyStats? Latency => StatsOf([.. _days.Values.SelectMany(day => day.Durations)]);

    public IReadOnlyList<LatencyDay> LatencyDays =>
    [
        .. _days.Select(day => (day.Key, Stats: StatsOf(day.Value.Durations))).Where(day => day.Stats is not null)
            .Select(day => new LatencyDay(UsageDays.Text(day.Key), day.Stats!.Count, day.Stats.AvgMs, day.Stats.P95Ms, day.Stats.MinMs, day.Stats.MaxMs)),
    ];

    public void Add(UsageLine line)
    {
        (FirstMs, LastMs) = (Math.Min(FirstMs, line.AtMs), Math.Max(LastMs, line.AtMs));
        var date = days.DateOf(line.AtMs);
        var day = Of(_days, date);
        if (line.Call is { } call)
        {
            _all.Add(call);
            day.Cost.Add(call);
            Of(_models, (call.Provider, call.Model)).Add(call);
            Of(_modelDays, (date, call.Provider, call.Model)).Add(call);
            foreach (var tool in call.Tools ?? [])
            {
                _tools[tool] = _tools.GetValueOrDefault(tool) + 1;
                day.ToolCalls++;
            }
        }

        if (line.End is { } end)
        {
            day.Durations.Add(end.DurationMs);
            day.Errors += end.IsError ? 1 : 0;
        }
    }

    private static LatencyStats? StatsOf(List<long> durations)
    {
        if (durations.Count == 0)
        {
            return null;
        }

        var sorted = durations.Order().ToList();
        return new LatencyStats(sorted.Count, sorted.Average(), sorted[(int)Math.Ceiling(sorted.Count * 0.95) - 1], sorted[0], sorted[^1]);
    }

    private static TValue Of<TKey, TValue>(IDictionary<TKey, TValue> all, TKey key)
        where TValue : new() => all.TryGetValue(key, out var found) ? found : all[key] = new TValue();

    /// <summary>One day.</summary>
    private sealed class Day
    {
        public CostSum Cost { get; } = new();

        public List<long> Durations { get; } = [];

        public int ToolCalls { get; set; }

        public int Errors { get; set; }
    }
}

/// <summary>Adds up calls.</summary>
internal sealed class CostSum
{
    public CostTotals Totals { get; private set; } = new(0, 0, 0, 0, 0);

    public int Calls { get; private set; }

    public static CostSum Of(IEnumerable<CostSum> sums)
    {
        var all = new CostSum();
        foreach (var sum in sums)
        {
            all.Add(sum.Totals, sum.Calls);
        }

        return all;
    }

    public void Add(UsageCall call) => Add(
        new CostTotals(call.Input, call.Output, call.CacheRead, 0, call.Tokens)
        {
            TotalCost = call.Cost?.Total ?? 0,
            InputCost = call.Cost?.Input ?? 0,
            OutputCost = call.Cost?.Output ?? 0,
            CacheReadCost = call.Cost?.CacheRead ?? 0,
            MissingCostEntries = call.Cost is null ? 1 : 0,
        }, 1);

    private void Add(CostTotals more, int calls)
    {
        Calls += calls;
        Totals = new CostTotals(Totals.Input + more.Input, Totals.Output + more.Output, Totals.CacheRead + more.CacheRead, 0, Totals.TotalTokens + more.TotalTokens)
        {
            TotalCost = Totals.TotalCost + more.TotalCost,
            InputCost = Totals.InputCost + more.InputCost,
            OutputCost = Totals.OutputCost + more.OutputCost,
            CacheReadCost = Totals.CacheReadCost + more.CacheReadCost,
            MissingCostEntries = Totals.MissingCostEntries + more.MissingCostEntries,
        };
    }
}
