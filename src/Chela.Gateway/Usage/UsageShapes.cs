using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Usage;

/// <summary>Which days a report is about, and by whose clock.</summary>
internal abstract record UsageDaysParams
{
    protected const string DayPattern = @"^\d{4}-\d{2}-\d{2}\z";

    [Description("The first day."), RegularExpression(DayPattern)]
    public string? StartDate { get; init; }

    [Description("The last day; today without it."), RegularExpression(DayPattern)]
    public string? EndDate { get; init; }

    [Description("Whose midnight parts the days: utc, which holds without it, gateway, or specific for utcOffset or timeZone."), AllowedValues("utc", "gateway", "specific")]
    public string? Mode { get; init; }

    [Description("For example UTC+2 or UTC-3:30."), RegularExpression(@"^UTC[+-]\d{1,2}(?::[0-5]\d)?\z")]
    public string? UtcOffset { get; init; }

    [Description("A name as Europe/Berlin."), MinLength(1), MaxLength(100)]
    public string? TimeZone { get; init; }

    [Description("Only what this agent took."), MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Accepted: without agentId all agents count."), AllowedValues("all")]
    public string? AgentScope { get; init; }
}

/// <summary>Parameters of <c>usage.cost</c>.</summary>
internal sealed record UsageCostParams : UsageDaysParams
{
    [Description("How many days, the last one included; 30 without it."), Range(1, UsageLedger.KeptDays)]
    public int? Days { get; init; }
}

/// <summary>Parameters of <c>sessions.usage</c>.</summary>
internal sealed record SessionsUsageParams : UsageDaysParams
{
    [Description("Only this session."), MinLength(1)]
    public string? Key { get; init; }

    [Description("How far back, where no dates are given; 30d without it."), AllowedValues("7d", "30d", "90d", "1y", "all")]
    public string? Range { get; init; }

    [Description("The most sessions, those used last first; 50 without it."), Range(1, 1000)]
    public int? Limit { get; init; }

    [Description("Accepted: a session counts with all its transcripts."), AllowedValues("instance", "family")]
    public string? GroupBy { get; init; }

    [Description("Accepted: a session counts with all its transcripts.")]
    public bool? IncludeHistorical { get; init; }

    [Description("Accepted: nothing is known of the weight of a context.")]
    public bool? IncludeContextWeight { get; init; }
}

/// <summary>Parameters of <c>usage.status</c>: none.</summary>
internal sealed record UsageStatusParams;

/// <summary>Parameters of <c>sessions.usage.timeseries</c>.</summary>
internal sealed record UsageTimeSeriesParams([property: MinLength(1)] string Key)
{
    [MinLength(1)]
    public string? AgentId { get; init; }
}

/// <summary>Result of <c>usage.cost</c>.</summary>
internal sealed record UsageCostResult(long UpdatedAt, int Days, IReadOnlyList<DailyCost> Daily, CostTotals Totals)
{
    public UsageCacheStatus CacheStatus { get; } = UsageCacheStatus.Fresh;
}

/// <summary>Result of <c>usage.status</c>: providers that tell how much of a plan is used; none does.</summary>
internal sealed record UsageStatusResult(long UpdatedAt, IReadOnlyList<ProviderUsage> Providers);

/// <summary>How much of a plan is used.</summary>
internal sealed record ProviderUsage(string Provider, string DisplayName);

/// <summary>Tokens, and US dollars.</summary>
internal record CostTotals(long Input, long Output, long CacheRead, long CacheWrite, long TotalTokens)
{
    public decimal TotalCost { get; init; }

    public decimal InputCost { get; init; }

    public decimal OutputCost { get; init; }

    public decimal CacheReadCost { get; init; }

    public decimal CacheWriteCost { get; init; }

    [Description("Calls of models whose price is not known.")]
    public int MissingCostEntries { get; init; }
}

/// <summary>What was taken on a day.</summary>
internal sealed record DailyCost : CostTotals
{
    public DailyCost(string date, CostTotals totals)
        : base(totals) => Date = date;

    public string Date { get; }
}

/// <summary>Result of <c>sessions.usage</c>.</summary>
internal sealed record SessionsUsageResult(
    long UpdatedAt, string StartDate, string EndDate, IReadOnlyList<SessionUsageRow> Sessions, CostTotals Totals, UsageAggregates Aggregates)
{
    public IReadOnlyList<UsageCreator> CreatorOptions { get; } = [UsageCreator.Unknown];

    public UsageCacheStatus CacheStatus { get; } = UsageCacheStatus.Fresh;
}

/// <summary>Who made a session; that is not kept.</summary>
internal sealed record UsageCreator(string Key)
{
    public static UsageCreator Unknown { get; } = new("""["unknown"]""");
}

/// <summary>Nothing is computed ahead: every answer is fresh.</summary>
internal sealed record UsageCacheStatus(string Status, int CachedFiles, int PendingFiles, int StaleFiles)
{
    public static UsageCacheStatus Fresh { get; } = new("fresh", 0, 0, 0);
}

/// <summary>A session and what it took.</summary>
internal sealed record SessionUsageRow(string Key, string SessionId, string Scope, long UpdatedAt, string AgentId, string CreatorKey)
{
    public string? Label { get; init; }

    public string? Channel { get; init; }

    public string? ChatType { get; init; }

    public string? ModelProvider { get; init; }

    public string? Model { get; init; }

    /// <summary>Null where it took nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public SessionUsage? Usage { get; init; }

    public bool HasContextWeight { get; init; }
}

/// <summary>What a session took.</summary>
internal sealed record SessionUsage : CostTotals
{
    public SessionUsage(CostTotals totals)
        : base(totals)
    {
    }

    public long FirstActivity { get; init; }

    public long LastActivity { get; init; }

    public long DurationMs { get; init; }

    public required IReadOnlyList<string> ActivityDates { get; init; }

    public required IReadOnlyList<DayBreakdown> DailyBreakdown { get; init; }

    public required MessageCounts MessageCounts { get; init; }

    public required ToolUsage ToolUsage { get; init; }

    public required IReadOnlyList<ModelUsageRow> ModelUsage { get; init; }

    public LatencyStats? Latency { get; init; }
}

/// <summary>A day in short.</summary>
internal sealed record DayBreakdown(string Date, long Tokens, decimal Cost);

/// <summary>Messages of runs that ended.</summary>
internal sealed record MessageCounts(int Total, int User, int Assistant, int ToolCalls, int ToolResults, int Errors);

/// <summary>How often tools were called.</summary>
internal sealed record ToolUsage(int TotalCalls, int UniqueTools, IReadOnlyList<ToolCount> Tools);

/// <summary>How often one was.</summary>
internal sealed record ToolCount(string Name, int Count);

/// <summary>What one model took part in.</summary>
internal sealed record ModelUsageRow(string Provider, string? Model, int Count, CostTotals Totals);

/// <summary>How long runs took.</summary>
internal sealed record LatencyStats(int Count, double AvgMs, long P95Ms, long MinMs, long MaxMs);

/// <summary>What one agent took.</summary>
internal sealed record AgentUsageRow(string AgentId, CostTotals Totals);

/// <summary>What came by one channel.</summary>
internal sealed record ChannelUsageRow(string Channel, CostTotals Totals);

/// <summary>A day of all sessions.</summary>
internal sealed record DayUsage(string Date, long Tokens, decimal Cost, int Messages, int ToolCalls, int Errors);

/// <summary>A model on a day.</summary>
internal sealed record ModelDay(string Date, string Provider, string Model, long Tokens, decimal Cost, int Count);

/// <summary>How long the runs of a day took.</summary>
internal sealed record LatencyDay(string Date, int Count, double AvgMs, long P95Ms, long MinMs, long MaxMs);

/// <summary>All sessions together.</summary>
internal sealed record UsageAggregates(int SessionCount, MessageCounts Messages, ToolUsage Tools)
{
    public required IReadOnlyList<ModelUsageRow> ByModel { get; init; }

    public required IReadOnlyList<ModelUsageRow> ByProvider { get; init; }

    public required IReadOnlyList<AgentUsageRow> ByAgent { get; init; }

    public required IReadOnlyList<ChannelUsageRow> ByChannel { get; init; }

    [Description("Empty: who made a session is not kept.")]
    public IReadOnlyList<AgentUsageRow> ByCreator { get; } = [];

    public required IReadOnlyList<DailyCost> CostDaily { get; init; }

    public LatencyStats? Latency { get; init; }

    public required IReadOnlyList<LatencyDay> DailyLatency { get; init; }

    public required IReadOnlyList<ModelDay> ModelDaily { get; init; }

    public required IReadOnlyList<DayUsage> Daily { get; init; }
}

/// <summary>Result of <c>sessions.usage.timeseries</c>.</summary>
internal sealed record UsageTimeSeries(IReadOnlyList<UsagePoint> Points)
{
    public string? SessionId { get; init; }
}

/// <summary>What a call of a model took, and what it and those before it took.</summary>
internal sealed record UsagePoint(long Timestamp, long Input, long Output, long CacheRead, long CacheWrite, long TotalTokens)
{
    public decimal Cost { get; init; }

    public long CumulativeTokens { get; init; }

    public decimal CumulativeCost { get; init; }
}

/// <summary>Parameters of <c>sessions.usage.logs</c>.</summary>
internal sealed record UsageLogsParams([property: MinLength(1)] string Key)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("The most lines, the newest; 200 without it."), Range(1, 1000)]
    public int? Limit { get; init; }
}

/// <summary>Result of <c>sessions.usage.logs</c>.</summary>
internal sealed record UsageLogsResult(IReadOnlyList<UsageLogLine> Logs);

/// <summary>A line of a session; an answer tells what its run took.</summary>
/// <param name="Role"><c>user</c>, <c>assistant</c>, <c>tool</c> or <c>toolResult</c>.</param>
internal sealed record UsageLogLine(long Timestamp, string Role, string Content)
{
    public long? Tokens { get; init; }

    public decimal? Cost { get; init; }
}

/// <summary>JSON types of the reports. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UsageCostParams))]
[JsonSerializable(typeof(UsageCostResult))]
[JsonSerializable(typeof(UsageStatusParams))]
[JsonSerializable(typeof(UsageStatusResult))]
[JsonSerializable(typeof(SessionsUsageParams))]
[JsonSerializable(typeof(SessionsUsageResult))]
[JsonSerializable(typeof(UsageTimeSeriesParams))]
[JsonSerializable(typeof(UsageTimeSeries))]
[JsonSerializable(typeof(UsageLogsParams))]
[JsonSerializable(typeof(UsageLogsResult))]
internal sealed partial class UsageJson : JsonSerializerContext;
