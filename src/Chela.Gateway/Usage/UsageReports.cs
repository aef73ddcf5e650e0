using System.Runtime.CompilerServices;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Usage;

/// <summary>What was taken, by session, agent, model, channel and day. Reads the ledger at each call, a line at a time.</summary>
internal sealed class UsageReports(UsageLedger ledger, SessionTable sessions, ModelLookup models, TimeProvider time)
{
    private const int DefaultSessions = 50;
    private const int MaxPoints = 200;

    /// <summary>What was taken on each day.</summary>
    public async ValueTask<UsageCostResult> CostAsync(UsageDays days, string? agentId, CancellationToken ct)
    {
        var sum = new UsageSum(days);
        await foreach (var line in LinesAsync(days, line => agentId is null || line.AgentId == agentId, ct))
        {
            sum.Add(line);
        }

        var taken = sum.Costs.ToDictionary(day => day.Date, StringComparer.Ordinal);
        var nothing = new CostTotals(0, 0, 0, 0, 0);
        return new UsageCostResult(
            NowMs(), days.Count, [.. days.All.Select(UsageDays.Text).Select(date => taken.GetValueOrDefault(date) ?? new DailyCost(date, nothing))], sum.Totals);
    }

    /// <summary>What each session took, and all of them together.</summary>
    /// <param name="days">The days.</param>
    /// <param name="isAsked">Which sessions.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="ct">Ends it.</param>
    public async ValueTask<SessionsUsageResult> SessionsAsync(UsageDays days, Func<SessionKey, bool> isAsked, int? limit, CancellationToken ct)
    {
        var all = new UsageSum(days);
        var bySession = new Dictionary<SessionKey, UsageSum>();
        var byAgent = new Dictionary<string, UsageSum>(StringComparer.Ordinal);
        var byChannel = new Dictionary<string, UsageSum>(StringComparer.Ordinal);
        await foreach (var line in LinesAsync(days, line => isAsked(line.Key), ct))
        {
            all.Add(line);
            Of(bySession, line.Key).Add(line);
            Of(byAgent, line.AgentId).Add(line);
            if (line.Channel is { } channel)
            {
                Of(byChannel, channel).Add(line);
            }
        }

        SessionUsageRow[] rows = [.. sessions.All.Where(entry => isAsked(entry.SessionKey)).Take(limit ?? DefaultSessions).Select(entry => Row(entry, bySession.GetValueOrDefault(entry.SessionKey)))];
        var aggregates = new UsageAggregates(bySession.Count, all.Messages, all.Tools)
        {
            ByModel = all.Models,
            ByProvider = all.Providers,
            ByAgent = [.. byAgent.Select(agent => new AgentUsageRow(agent.Key, agent.Value.Totals))],
            ByChannel = [.. byChannel.Select(channel => new ChannelUsageRow(channel.Key, channel.Value.Totals))],
            CostDaily = all.Costs,
            Latency = all.Latency,
            DailyLatency = all.LatencyDays,
            ModelDaily = all.ModelDays,
            Daily = all.Days,
        };
        return new SessionsUsageResult(NowMs(), UsageDays.Text(days.First), UsageDays.Text(days.Last), rows, all.Totals, aggregates);

        UsageSum Of<TKey>(Dictionary<TKey, UsageSum> sums, TKey key)
            where TKey : notnull => sums.TryGetValue(key, out var found) ? found : sums[key] = new UsageSum(days);
    }

    /// <summary>The calls of a session's model, in order; where there are many, several together.</summary>
    public async ValueTask<UsageTimeSeries> SeriesAsync(SessionKey key, UsageDays days, CancellationToken ct)
    {
        var points = new List<UsagePoint>();
        var (tokens, cost) = (0L, 0m);
        await foreach (var line in LinesAsync(days, line => line.Call is not null && line.Key == key, ct))
        {
            var call = line.Call!; // the condition above
            (tokens, cost) = (tokens + call.Tokens, cost + (call.Cost?.Total ?? 0));
            points.Add(new UsagePoint(line.AtMs, call.Input, call.Output, call.CacheRead, 0, call.Tokens)
            {
                Cost = call.Cost?.Total ?? 0,
                CumulativeTokens = tokens,
                CumulativeCost = cost,
            });
            if (points.Count == 2 * MaxPoints)
            {
                points = Halved(points);
            }
        }

        return new UsageTimeSeries(points.Count > MaxPoints ? Halved(points) : points) { SessionId = sessions.Find(key)?.SessionId };
    }

    /// <summary>What each run of a session took.</summary>
    public async ValueTask<IReadOnlyDictionary<string, Spent>> RunsAsync(SessionKey key, UsageDays days, CancellationToken ct)
    {
        var runs = new Dictionary<string, Spent>(StringComparer.Ordinal);
        await foreach (var line in LinesAsync(days, line => line.Call is not null && line.Key == key, ct))
        {
            runs[line.RunId] = runs.GetValueOrDefault(line.RunId).With(line.Call!); // the condition above
        }

        return runs;
    }

    private static List<UsagePoint> Halved(List<UsagePoint> points) => [.. points.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : pair[1] with
    {
        Input = pair[0].Input + pair[1].Input,
        Output = pair[0].Output + pair[1].Output,
        CacheRead = pair[0].CacheRead + pair[1].CacheRead,
        TotalTokens = pair[0].TotalTokens + pair[1].TotalTokens,
        Cost = pair[0].Cost + pair[1].Cost,
    })];

    private SessionUsageRow Row(SessionEntry entry, UsageSum? sum)
    {
        var model = (entry.ModelOverride ?? entry.Model ?? models(null, entry.SessionKey.AgentId).FullName).Split('/', 2);
        return new SessionUsageRow(entry.Key, entry.SessionId, "instance", entry.UpdatedAtMs, entry.SessionKey.AgentId, UsageCreator.Unknown.Key)
        {
            Label = entry.Label,
            Channel = SessionKeyForm.Of(entry.SessionKey).Channel,
            ChatType = ChatTypes.Of(entry.SessionKey),
            ModelProvider = model[0],
            Model = model[^1],
            Usage = sum is null ? null : new SessionUsage(sum.Totals)
            {
                FirstActivity = sum.FirstMs,
                LastActivity = sum.LastMs,
                DurationMs = sum.DurationMs,
                ActivityDates = [.. sum.Costs.Select(day => day.Date)],
                DailyBreakdown = sum.Breakdown,
                MessageCounts = sum.Messages,
                ToolUsage = sum.Tools,
                ModelUsage = sum.Models,
                Latency = sum.Latency,
            },
        };
    }

    /// <summary>The lines of these days by their clock; the files have the days of UTC.</summary>
    private async IAsyncEnumerable<UsageLine> LinesAsync(
        UsageDays days, Func<UsageLine, bool> isAsked, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var lines = ledger.ReadAsync(days.First.AddDays(-1), days.Last.AddDays(1), ct).GetAsyncEnumerator(ct);
        while (await NextAsync(lines))
        {
            var day = days.DateOf(lines.Current.AtMs);
            if (day >= days.First && day <= days.Last && isAsked(lines.Current))
            {
                yield return lines.Current;
            }
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<UsageLine> lines)
    {
        try
        {
            return await lines.MoveNextAsync();
        }
        catch (IOException e)
        {
            throw new RpcException(RpcErrorKind.Unavailable, $"what was taken cannot be read: {e.Message}");
        }
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
