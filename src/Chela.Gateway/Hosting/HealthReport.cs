using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Sessions;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Hosting;

/// <summary>Says how the gateway is. Costs little enough to be made for each call: nothing is counted or read for it.</summary>
internal sealed class HealthReport(SessionTable sessions, ConfigStore config, Accounts accounts, StatePaths paths, Uptime uptime, TimeProvider time)
{
    private const int RecentCount = 5;

    /// <summary>The agent of whoever names none.</summary>
    public string DefaultAgent => config.Current.Config.Agents.DefaultId;

    /// <summary>The heartbeats of the agents: none has one.</summary>
    public StatusHeartbeat Heartbeat =>
        new(DefaultAgent, [.. config.Current.Config.Agents.Ids.Select(id => new StatusHeartbeatAgent(id, false, "0m", false))]);

    /// <summary>For everybody: that it is there.</summary>
    public Health ForAnyone() => new(true, NowMs(), 0) { Version = Hello.Version, UptimeMs = uptime.Milliseconds };

    /// <summary>For those who have logged in and may not read: how much there is, and not what.</summary>
    public Health ForClients() => With("", []);

    /// <summary>For those who may read.</summary>
    public Health ForReaders()
    {
        var nowMs = NowMs();
        var recent = sessions.Newest.Take(RecentCount).Select(entry => new RecentSession(entry.Key, entry.UpdatedAtMs, nowMs - entry.UpdatedAtMs));
        var channels = ChannelsNow();
        return With(paths.SessionsDirectory, [.. recent]) with
        {
            Channels = channels,
            ChannelOrder = [.. channels.Keys],
            ChannelLabels = channels.Keys.ToDictionary(name => name, name => accounts.Channels[name].Label),
        };
    }

    private Health With(string path, IReadOnlyList<RecentSession> recent)
    {
        var agents = config.Current.Config.Agents;
        return ForAnyone() with
        {
            Channels = new Dictionary<string, ChannelHealth>(),
            ChannelOrder = [],
            ChannelLabels = new Dictionary<string, string>(),
            HeartbeatSeconds = 0,
            DefaultAgentId = agents.DefaultId,
            Agents = [.. agents.Ids.Select(Of)],
            Sessions = new SessionsHealth(path, sessions.Count, recent),
        };

        AgentHealth Of(string id)
        {
            var own = recent.Where(row => row.Key.StartsWith($"agent:{id}:", StringComparison.Ordinal));
            return new AgentHealth(id, id == agents.DefaultId, new HeartbeatHealth(false, "0m", "", "none", 0), new SessionsHealth(path, sessions.CountOf(id), [.. own]));
        }
    }

    private Dictionary<string, ChannelHealth> ChannelsNow() => config.Current.Config.Channels.Accounts()
        .Where(one => one.Account.Runs() && accounts.Channels.ContainsKey(one.Channel))
        .GroupBy(one => one.Channel, StringComparer.Ordinal)
        .OrderBy(channel => channel.Key, StringComparer.Ordinal)
        .ToDictionary(
            channel => channel.Key,
            channel => new ChannelHealth(true, channel.ToDictionary(one => one.Name, one => Of(accounts.StateOf(new AccountName(one.Channel, one.Name)) ?? new AccountState()))),
            StringComparer.Ordinal);

    private static AccountHealth Of(AccountState state) => new(true, state.IsRunning, state.IsConnected, state.Health) { LastError = state.Error };

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
