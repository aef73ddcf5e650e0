using System.Diagnostics;

namespace Chela.Chaos;

/// <summary>What a trial came to.</summary>
internal sealed record Outcome(IReadOnlyDictionary<string, int> Kills, Ledger Ledger)
{
    public required int Interrupted { get; init; }

    public required int PiecesAgain { get; init; }

    public required IReadOnlyList<double> StartsMs { get; init; }

    public required TimeSpan Took { get; init; }

    /// <summary>The report.</summary>
    public string Table(ChaosPlan plan)
    {
        var starts = StartsMs.Order().ToList();
        return $"""
            | what | how many |
            | --- | ---: |
            {string.Join('\n', Kills.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"| ended: {kind.Key} | {kind.Value:N0} |"))}
            | messages acknowledged, by {plan.Clients} clients in 3 dialects and by webhook | {Ledger.Acknowledged:N0} |
            | … of them with a file, which is given back | {Ledger.WithFile:N0} |
            | tries without an acknowledgement, made again under the same key | {Ledger.Resent:N0} |
            | runs cut off, which say so in their transcript | {Interrupted:N0} |
            | pieces of answers that the webhook's program was sent once more, under their key | {PiecesAgain:N0} |
            | start after a kill until work is taken, median (ms) | {starts[starts.Count / 2]:N0} |
            | … slowest (ms) | {starts[^1]:N0} |
            | the whole trial (s) | {Took.TotalSeconds:N0} |
            | **lost, doubled, out of order or wrong** | **{Ledger.Faults.Count:N0}** |
            """;
    }
}

/// <summary>
/// Era after era: clients send, the gateway is ended again and again; then it is left alone, everything is checked, and other sessions
/// are begun. At the end all eras are checked once more.
/// </summary>
internal sealed class Trial(ChaosPlan plan, Action<string> tell)
{
    /// <summary>A trial with more faults than this says nothing new.</summary>
    private const int MaxFaults = 20;

    private static readonly TimeSpan QuietLimit = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(plan.Seed);
    private readonly Dictionary<string, int> _kills = new(StringComparer.Ordinal);
    private readonly List<double> _starts = [];
    private readonly Ledger _ledger = new();

    public async Task<Outcome> RunAsync()
    {
        var began = Stopwatch.GetTimestamp();
        using var channel = new ChannelFake(_ledger, plan.Seed);
        await using var gateway = new Victim(plan.Gateway, channel.Url, plan);
        using var webhook = new WebhookDoor(gateway);
        Sender[] senders = [.. Enumerable.Range(0, plan.Clients).Select(number => new Sender(number, gateway, webhook, _ledger, plan))];
        for (var era = 0; Kills < plan.Kills && _ledger.Faults.Count < MaxFaults; era++)
        {
            await EraAsync(era, gateway, channel, senders);
            tell($"{Kills} kills, {_ledger.Acknowledged} messages, {_ledger.Faults.Count} faults, {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
        }

        var verdict = new Verdict(gateway, channel, _ledger);
        await StartAsync(gateway);
        await verdict.CheckAsync(_ledger.Sessions(), CancellationToken.None);
        await gateway.EndAsync();
        if (_ledger.Faults.Count == 0)
        {
            gateway.DeleteState();
        }
        else
        {
            tell($"The state is kept in {gateway.StateDirectory}");
        }

        return new Outcome(_kills, _ledger)
        {
            Interrupted = verdict.Interrupted,
            PiecesAgain = channel.Again,
            StartsMs = _starts,
            Took = Stopwatch.GetElapsedTime(began),
        };
    }

    private int Kills => _kills.Values.Sum();

    private async Task EraAsync(int era, Victim gateway, ChannelFake channel, Sender[] senders)
    {
        using var stop = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        var sending = Task.WhenAll(senders.Select(sender => sender.RunAsync(era, stop.Token, giveUp.Token)));
        for (var kill = 0; kill < plan.KillsInAnEra && Kills < plan.Kills; kill++)
        {
            await KillAsync(gateway);
        }

        await StartAsync(gateway);
        await stop.CancelAsync();
        giveUp.CancelAfter(QuietLimit);
        await sending;
        await new Verdict(gateway, channel, _ledger).CheckAsync(_ledger.Sessions($"era-{era}-"), CancellationToken.None);
        await gateway.EndAsync();
    }

    private async Task KillAsync(Victim gateway)
    {
        var kill = Kill.Random(_random);
        _kills[kill.Kind] = _kills.GetValueOrDefault(kill.Kind) + 1;
        if (!await gateway.LiveAsync(kill))
        {
            _ledger.Fault($"The gateway ended by itself ({kill}):\n{gateway.Output}");
        }
    }

    private async Task StartAsync(Victim gateway)
    {
        await gateway.StartAsync();
        _starts.Add(gateway.TimeToReady.TotalMilliseconds);
    }
}
