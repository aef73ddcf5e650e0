using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Channels.Webhook;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Channels;

/// <summary>The channels that are configured, and the starting and stopping of their accounts.</summary>
internal sealed class ChannelMethods(ConfigStore config, Accounts accounts, Probes probes, TimeProvider time) : IMethodModule
{
    private const string DefaultAccount = "default";
    private const string Image = "link";

    private const int LongestProbeMs = 30_000;

    private static readonly TimeSpan UsualProbe = TimeSpan.FromSeconds(10);

    public void Map(MethodMap methods)
    {
        var json = ChannelsJson.Default;
        methods.Add(MethodMap.Method("channels.status", OperatorScopes.Read, json.ChannelsStatusParams, json.ChannelsStatusResult, StatusAsync) with
        {
            Summary = "The state of the channels and their accounts.",
            Deadline = TimeSpan.FromSeconds(40),
        });
        methods.Add(MethodMap.Method("channels.start", OperatorScopes.Admin, json.ChannelParams, json.ChannelStarted, StartAsync) with
        {
            Summary = "Start an account of a channel.",
        });
        methods.Add(MethodMap.Method("channels.stop", OperatorScopes.Admin, json.ChannelParams, json.ChannelStopped, StopAsync) with
        {
            Summary = "Stop an account of a channel until it is started, its settings change or the gateway starts.",
        });
        methods.Add(MethodMap.Method("channels.restart", OperatorScopes.Admin, json.ChannelParams, json.ChannelStarted, RestartAsync) with
        {
            Summary = "Stop an account of a channel and start it again.",
        });
    }

    private async ValueTask<ChannelsStatusResult> StatusAsync(ChannelsStatusParams parameters, CallContext context, CancellationToken ct)
    {
        var now = config.Current.Config.Channels;
        var limit = parameters.TimeoutMs is { } ms ? TimeSpan.FromMilliseconds(Math.Min(ms, LongestProbeMs)) : UsualProbe;
        var probed = parameters.Probe is true
            ? await probes.AskAsync([.. now.Accounts().Where(one => one.Account.Runs() && IsWanted(one.Channel)).Select(one => new AccountName(one.Channel, one.Name))], limit, ct)
            : new Dictionary<AccountName, ChannelProbe>();
        var rows = now.Accounts().Select(one => (one.Channel, Row: RowOf(new AccountName(one.Channel, one.Name), one.Account, probed)))
            .Concat(now.Webhook.Keys.Order(StringComparer.Ordinal).Select(name => (Channel: WebhookChannel.ChannelName, Row: OfWebhook(name))))
            .Where(one => IsWanted(one.Channel))
            .GroupBy(one => one.Channel, one => one.Row, StringComparer.Ordinal)
            .OrderBy(channel => channel.Key, StringComparer.Ordinal)
            .ToDictionary(channel => channel.Key, channel => (IReadOnlyList<ChannelAccount>)[.. channel], StringComparer.Ordinal);
        var names = rows.Keys.ToArray();
        return new ChannelsStatusResult(
            time.GetUtcNow().ToUnixTimeMilliseconds(),
            names,
            names.ToDictionary(name => name, LabelOf),
            names.ToDictionary(name => name, LabelOf),
            names.ToDictionary(name => name, _ => Image),
            [.. names.Select(name => new ChannelMeta(name, LabelOf(name), LabelOf(name)))],
            rows.ToDictionary(channel => channel.Key, channel => new ChannelSummary(true, channel.Value.Any(row => row.Running))),
            rows,
            rows.ToDictionary(channel => channel.Key, channel => DefaultOf(channel.Value)),
            [.. rows.SelectMany(channel => channel.Value.Select(row => IssueOf(channel.Key, row))).OfType<ChannelIssue>().Take(50)]);

        bool IsWanted(string channel) => parameters.Channel is null || parameters.Channel == channel;
    }

    private async ValueTask<ChannelStarted> StartAsync(ChannelParams parameters, CallContext context, CancellationToken ct)
    {
        var name = NameOf(parameters);
        var started = await accounts.StartAsync(name);
        return new ChannelStarted(name.Channel, name.Account, started, started ? "started" : "already-running");
    }

    private async ValueTask<ChannelStopped> StopAsync(ChannelParams parameters, CallContext context, CancellationToken ct)
    {
        var name = NameOf(parameters);
        return new ChannelStopped(name.Channel, name.Account, await accounts.StopAsync(name));
    }

    private async ValueTask<ChannelStarted> RestartAsync(ChannelParams parameters, CallContext context, CancellationToken ct)
    {
        var name = NameOf(parameters);
        await accounts.StopAsync(name);
        return new ChannelStarted(name.Channel, name.Account, await accounts.StartAsync(name), "started");
    }

    private AccountName NameOf(ChannelParams parameters)
    {
        var name = new AccountName(parameters.Channel, parameters.AccountId ?? DefaultAccount);
        if (name.Channel == WebhookChannel.ChannelName)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "a webhook has no connection to start or stop");
        }

        return accounts.Channels.ContainsKey(name.Channel) && config.Current.Config.Channels.Find(name.Channel, name.Account) is not null
            ? name
            : throw new RpcException(RpcErrorKind.NotFound, $"there is no account {name.Account} of the channel {name.Channel}; channels.status names those that there are");
    }

    private ChannelAccount RowOf(AccountName name, ChannelAccountConfig account, IReadOnlyDictionary<AccountName, ChannelProbe> probed)
    {
        var state = accounts.StateOf(name) ?? new AccountState();
        var probe = probed.GetValueOrDefault(name);
        return new ChannelAccount(name.Account, account.Runs(), true, state.IsRunning)
        {
            Connected = state.IsConnected,
            ReconnectAttempts = state.Reconnects,
            LastConnectedAt = state.ConnectedAtMs,
            LastError = state.Error,
            HealthState = state.Health,
            LastStartAt = state.StartedAtMs,
            LastStopAt = state.StoppedAtMs,
            LastInboundAt = state.InboundAtMs,
            LastOutboundAt = state.OutboundAtMs,
            LastTransportActivityAt = state.HeardAtMs,
            DmPolicy = account.DmPolicy ?? DmPolicies.Pairing,
            AllowFrom = account.AllowFrom,
            Probe = probe,
            LastProbeAt = probe is null ? null : time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
    }

    private static ChannelAccount OfWebhook(string name) => new(name, true, true, true) { WebhookPath = $"/webhook/{name}" };

    private static string DefaultOf(IReadOnlyList<ChannelAccount> rows) => (rows.FirstOrDefault(row => row.AccountId == DefaultAccount) ?? rows[0]).AccountId;

    private string LabelOf(string channel) => accounts.Channels.GetValueOrDefault(channel)?.Label ?? "Webhook";

    private static ChannelIssue? IssueOf(string channel, ChannelAccount row) => row.LastError is not { } error || row.Connected is true ? null
        : row.Running ? new ChannelIssue(channel, row.AccountId, "runtime", error, null)
        : new ChannelIssue(channel, row.AccountId, "auth", error, $"correct channels.{channel}.{row.AccountId}, or call channels.start");
}
