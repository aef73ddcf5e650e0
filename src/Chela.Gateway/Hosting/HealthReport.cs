using System.Text.Json;
using Chela.Contracts.Sessions;
using Chela.Gateway.Connections;
using Chela.Gateway.Sessions;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Hosting;

/// <summary>Says how the gateway is. Costs little enough to be made for each call: nothing is counted or read for it.</summary>
internal sealed class HealthReport(SessionTable sessions, StatePaths paths, Uptime uptime, TimeProvider time)
{
    private const int RecentCount = 5;
    private const string Agent = SessionKey.DefaultAgent;

    /// <summary>For everybody: that it is there.</summary>
    public Health ForAnyone() => new(true, NowMs(), 0) { Version = Hello.Version, UptimeMs = uptime.Milliseconds };

    /// <summary>For those who have logged in and may not read: how much there is, and not what.</summary>
    public Health ForClients() => With(new SessionsHealth("", sessions.Count, []));

    /// <summary>For those who may read.</summary>
    public Health ForReaders()
    {
        var nowMs = NowMs();
        var recent = sessions.Newest.Take(RecentCount).Select(entry => new RecentSession(entry.Key, entry.UpdatedAtMs, nowMs - entry.UpdatedAtMs));
        return With(new SessionsHealth(paths.SessionsDirectory, sessions.Count, [.. recent]));
    }

    private Health With(SessionsHealth summary) => ForAnyone() with
    {
        Channels = new Dictionary<string, JsonElement>(),
        ChannelOrder = [],
        ChannelLabels = new Dictionary<string, string>(),
        HeartbeatSeconds = 0,
        DefaultAgentId = Agent,
        Agents = [new AgentHealth(Agent, true, new HeartbeatHealth(false, "0m", "", "none", 0), summary)],
        Sessions = summary,
    };

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
