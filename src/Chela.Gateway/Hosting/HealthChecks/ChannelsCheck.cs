using Chela.Gateway.Channels;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Whether the accounts of channels are connected, and whether their platforms say that they work.</summary>
internal sealed class ChannelsCheck(Accounts accounts, Probes probes, ConfigStore config, TimeProvider time) : IHealthCheck
{
    private static readonly string[] WellWords = ["healthy", "startup-connect-grace"];

    private volatile Answers _said = new(0, new Dictionary<AccountName, ChannelProbe>());

    public string Part => "channels";

    public HealthFinding Look()
    {
        var names = Names();
        return HealthFinding.OfMany(names.Count, [.. names.Select(ProblemOf).OfType<string>()]);
    }

    public async Task AskAsync(CancellationToken ct)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        _said = new Answers(nowMs, await probes.AskAsync(Names(), HealthWatch.AskLimit / 2, ct));
    }

    private List<AccountName> Names() =>
    [
        .. config.Current.Config.Channels.Accounts()
            .Where(one => one.Account.Runs() && accounts.Channels.ContainsKey(one.Channel))
            .Select(one => new AccountName(one.Channel, one.Name)),
    ];

    private string? ProblemOf(AccountName name)
    {
        var what = $"{name.Channel}/{name.Account}";
        var (said, state) = (_said, accounts.StateOf(name));
        return state is not null && !WellWords.Contains(state.Health) ? $"{what} is {state.Health}{(state.Error is { } error ? $": {error}" : "")}"
            : said.Of.GetValueOrDefault(name) is { Ok: false } probe && !(state?.ConnectedAtMs > said.AskedAtMs) ? $"{what} does not work: {probe.Error}"
            : null;
    }

    private sealed record Answers(long AskedAtMs, IReadOnlyDictionary<AccountName, ChannelProbe> Of);
}
