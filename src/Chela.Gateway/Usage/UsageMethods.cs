using Chela.Contracts.Access;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Usage;

/// <summary>What agents took from their models.</summary>
internal sealed class UsageMethods(UsageReports reports, UsageLogs logs, SessionKeys keys, TimeProvider time) : IMethodModule
{
    private const int UsualDays = 30;

    public void Map(MethodMap methods)
    {
        var json = UsageJson.Default;
        methods.Add(MethodMap.Method("usage.cost", OperatorScopes.Read, json.UsageCostParams, json.UsageCostResult, CostAsync) with
        {
            Summary = "Tokens and cost of each day.",
        });
        methods.Add(MethodMap.Method("usage.status", OperatorScopes.Read, json.UsageStatusParams, json.UsageStatusResult, Status) with
        {
            Summary = "How much of a plan is used, of providers that tell; none does.",
        });
        methods.Add(MethodMap.Method("sessions.usage", OperatorScopes.Read, json.SessionsUsageParams, json.SessionsUsageResult, SessionsAsync) with
        {
            Summary = "Tokens and cost of each session, and by model, provider, agent, channel and day.",
        });
        methods.Add(MethodMap.Method("sessions.usage.timeseries", OperatorScopes.Read, json.UsageTimeSeriesParams, json.UsageTimeSeries, SeriesAsync) with
        {
            Summary = "Tokens and cost of a session over time.",
        });
        methods.Add(MethodMap.Method("sessions.usage.logs", OperatorScopes.Read, json.UsageLogsParams, json.UsageLogsResult, LogsAsync) with
        {
            Summary = "What was said in a session, each answer with what its run took.",
        });
    }

    private ValueTask<UsageCostResult> CostAsync(UsageCostParams parameters, CallContext context, CancellationToken ct) =>
        reports.CostAsync(UsageDays.Of(parameters, context.Method, parameters.Days ?? UsualDays, time), parameters.AgentId, ct);

    private ValueTask<UsageStatusResult> Status(UsageStatusParams parameters, CallContext context, CancellationToken ct) =>
        new(new UsageStatusResult(time.GetUtcNow().ToUnixTimeMilliseconds(), []));

    private ValueTask<SessionsUsageResult> SessionsAsync(SessionsUsageParams parameters, CallContext context, CancellationToken ct)
    {
        var usual = parameters.Range switch
        {
            "7d" => 7,
            "90d" => 90,
            "1y" => 365,
            "all" => UsageLedger.KeptDays,
            _ => UsualDays,
        };
        var key = parameters.Key is { } text ? keys.Resolve(text, parameters.AgentId) : default;
        return reports.SessionsAsync(
            UsageDays.Of(parameters, context.Method, usual, time),
            session => parameters.Key is not null ? session == key : parameters.AgentId is null || session.AgentId == parameters.AgentId,
            parameters.Limit,
            ct);
    }

    private ValueTask<UsageTimeSeries> SeriesAsync(UsageTimeSeriesParams parameters, CallContext context, CancellationToken ct) =>
        reports.SeriesAsync(keys.Resolve(parameters.Key, parameters.AgentId), AllDays(context), ct);

    private ValueTask<UsageLogsResult> LogsAsync(UsageLogsParams parameters, CallContext context, CancellationToken ct) =>
        logs.OfAsync(keys.Resolve(parameters.Key, parameters.AgentId), parameters.Limit, AllDays(context), ct);

    private UsageDays AllDays(CallContext context) => UsageDays.Of(new UsageCostParams(), context.Method, UsageLedger.KeptDays, time);
}
