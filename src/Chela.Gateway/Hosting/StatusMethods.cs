using Chela.Contracts.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Connections;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Hosting;

/// <summary>What there is, in short: <c>status</c>, for those who may read.</summary>
internal sealed class StatusMethods(
    HealthReport report,
    SessionTable sessions,
    Lanes lanes,
    ConnectionTable connections,
    ModelLookup models,
    StatePaths paths,
    Uptime uptime,
    TimeProvider time) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = HostingJson.Default;
        methods.Add(MethodMap.Method("status", OperatorScopes.Read, json.StatusParams, json.Status, GetStatus) with
        {
            Summary = "A summary of sessions, runs and connections.",
        });
    }

    private ValueTask<Status> GetStatus(StatusParams parameters, CallContext context, CancellationToken ct)
    {
        var nowMs = NowMs();
        var path = context.Caller.Holds(OperatorScopes.Admin) ? paths.SessionsDirectory : null;
        StatusSession[] recent = [.. sessions.Newest.Select(entry => Row(entry, nowMs))];
        var summary = new StatusSessions(
            path is null ? [] : [path], sessions.Count, new StatusDefaults(models(null, report.DefaultAgent).FullName), recent)
        {
            ByAgent = [.. recent.GroupBy(row => row.AgentId).Select(rows => new StatusAgent(
                rows.Key, path, sessions.CountOf(rows.Key), [.. rows]))],
        };
        return new(new Status(
            Hello.Version,
            uptime.Milliseconds,
            connections.Places.Count,
            lanes.Depth,
            report.Heartbeat,
            [],
            [],
            summary));
    }

    private StatusSession Row(SessionEntry entry, long nowMs)
    {
        var key = entry.SessionKey;
        return new(key.AgentId, entry.Key, ChatTypes.KindOf(key), entry.SessionId, entry.UpdatedAtMs, nowMs - entry.UpdatedAtMs)
        {
            AbortedLastRun = entry.Status == "killed",
            InputTokens = entry.InputTokens,
            OutputTokens = entry.OutputTokens,
            TotalTokens = entry.TotalTokens,
            Model = (entry.ModelOverride ?? entry.Model ?? models(null, key.AgentId).FullName).Split('/', 2)[^1],
            Flags = [$"id:{entry.SessionId}"],
        };
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
