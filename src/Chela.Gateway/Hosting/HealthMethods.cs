using Chela.Contracts.Access;
using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Bus;
using Chela.Gateway.Connections;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Hosting;

/// <summary>How the gateway is: <c>health</c> for everyone, <c>status</c> for those who may read.</summary>
internal sealed class HealthMethods(
    SessionTable sessions,
    Lanes lanes,
    ConnectionTable connections,
    ProviderCatalog providers,
    StatePaths paths,
    Uptime uptime,
    TimeProvider time) : IMethodModule
{
    private const int RecentCount = 5;
    private const string Agent = SessionKey.DefaultAgent;

    public void Map(MethodMap methods)
    {
        var json = HostingJson.Default;
        methods.Add(MethodMap.Method("health", OperatorScopes.None, json.HealthParams, json.Health, GetHealth) with
        {
            Summary = "How the gateway is. Needs no login; tells more after one.",
            IsPublic = true,
        });
        methods.Add(MethodMap.Method("status", OperatorScopes.Read, json.StatusParams, json.Status, GetStatus) with
        {
            Summary = "A summary of sessions, runs and connections.",
        });
    }

    private ValueTask<Health> GetHealth(HealthParams parameters, CallContext context, CancellationToken ct)
    {
        var nowMs = NowMs();
        var health = new Health(true, nowMs, 0, Hello.Version, uptime.Milliseconds);
        if (!context.Caller.IsAuthenticated)
        {
            return new(health);
        }

        var mayRead = context.Caller.Holds(OperatorScopes.Read);
        var recent = sessions.Newest.Take(mayRead ? RecentCount : 0).Select(entry => new RecentSession(entry.Key, entry.UpdatedAtMs, nowMs - entry.UpdatedAtMs));
        var summary = new SessionsHealth(mayRead ? paths.SessionsDirectory : "", sessions.Count, [.. recent]);
        return new(health with
        {
            Channels = new Dictionary<string, System.Text.Json.JsonElement>(),
            ChannelOrder = [],
            ChannelLabels = new Dictionary<string, string>(),
            HeartbeatSeconds = 0,
            DefaultAgentId = Agent,
            Agents = [new AgentHealth(Agent, true, new HeartbeatHealth(false, "0m", "", "none", 0), summary)],
            Sessions = summary,
        });
    }

    private ValueTask<Status> GetStatus(StatusParams parameters, CallContext context, CancellationToken ct)
    {
        var nowMs = NowMs();
        var path = context.Caller.Holds(OperatorScopes.Admin) ? paths.SessionsDirectory : null;
        StatusSession[] recent = [.. sessions.Newest.Select(entry => Row(entry, nowMs))];
        var summary = new StatusSessions(
            path is null ? [] : [path], sessions.Count, new StatusDefaults(providers.Default.ToString()), recent)
        {
            ByAgent = [.. recent.GroupBy(row => row.AgentId).Select(rows => new StatusAgent(
                rows.Key, path, sessions.All.Count(entry => entry.SessionKey.AgentId == rows.Key), [.. rows]))],
        };
        return new(new Status(
            Hello.Version,
            uptime.Milliseconds,
            connections.Places.Count,
            lanes.Depth,
            new StatusHeartbeat(Agent, [new StatusHeartbeatAgent(Agent, false, "0m", false)]),
            [],
            [],
            summary));
    }

    private static StatusSession Row(SessionEntry entry, long nowMs) => new(
        entry.SessionKey.AgentId, entry.Key, "direct", entry.SessionId, entry.UpdatedAtMs, nowMs - entry.UpdatedAtMs)
    {
        AbortedLastRun = entry.Status == "killed",
        InputTokens = entry.InputTokens,
        OutputTokens = entry.OutputTokens,
        TotalTokens = entry.TotalTokens,
        Model = entry.Model,
        Flags = [$"id:{entry.SessionId}"],
    };

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
