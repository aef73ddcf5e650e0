using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Chaos;

/// <summary>What a trial of edits came to.</summary>
internal sealed record EditOutcome(IReadOnlyDictionary<string, int> Edits, IReadOnlyDictionary<string, int> Ways, Ledger Ledger)
{
    public required TimeSpan Took { get; init; }

    /// <summary>The report.</summary>
    public string Table(ChaosPlan plan) => $"""
        | what | how many |
        | --- | ---: |
        {string.Join('\n', Edits.Select(kind => $"| content: {kind.Key} | {kind.Value:N0} |"))}
        {string.Join('\n', Ways.Select(way => $"| put there: {way.Key} | {way.Value:N0} |"))}
        | messages acknowledged, by {plan.Clients} clients in 3 dialects and by webhook | {Ledger.Acknowledged:N0} |
        | connections lost | {Ledger.Cut:N0} |
        | the whole trial (s) | {Took.TotalSeconds:N0} |
        | **not in force, lost, doubled, out of order or wrong** | **{Ledger.Faults.Count:N0}** |
        """;
}

/// <summary>
/// One life of the gateway, in which its configuration file is edited again and again while clients send. In force must always be the last
/// valid file, whole, and no connection may be lost.
/// </summary>
internal sealed class EditTrial(ChaosPlan plan, Action<string> tell)
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromMinutes(2);

    private readonly Random _random = new(plan.Seed);
    private readonly SortedDictionary<string, int> _edits = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _ways = new(StringComparer.Ordinal);
    private readonly Ledger _ledger = new();
    private JsonObject _lastValid = [];

    public async Task<EditOutcome> RunAsync()
    {
        var began = Stopwatch.GetTimestamp();
        using var channel = new ChannelFake(_ledger, plan.Seed);
        await using var gateway = new Victim(plan.Gateway, channel.Url, plan);
        using var webhook = new WebhookDoor(gateway);
        Sender[] senders = [.. Enumerable.Range(0, plan.Clients).Select(number => new Sender(number, gateway, webhook, _ledger, plan))];
        await gateway.StartAsync();
        using var watcher = await Wire.OpenAsync("openclaw", gateway, CancellationToken.None);
        var eras = plan.Edits / plan.EditsInAnEra;
        for (var era = 0; era <= eras && _ledger.Faults.Count == 0; era++)
        {
            await EraAsync(era, gateway, channel, senders, watcher);
            tell($"{_edits.Values.Sum()} edits, {_ledger.Acknowledged} messages, {_ledger.Faults.Count} faults, {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
        }

        if (_ledger.Cut > 0)
        {
            _ledger.Fault($"{_ledger.Cut} connections were lost");
        }

        await gateway.EndAsync();
        Finish(gateway);
        return new EditOutcome(_edits, _ways, _ledger) { Took = Stopwatch.GetElapsedTime(began) };
    }

    private void Finish(Victim gateway)
    {
        if (_ledger.Faults.Count == 0)
        {
            gateway.DeleteState();
        }
        else
        {
            tell($"The state is kept in {gateway.StateDirectory}");
        }
    }

    private async Task EraAsync(int era, Victim gateway, ChannelFake channel, Sender[] senders, Wire watcher)
    {
        using var stop = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        var sending = Task.WhenAll(senders.Select(sender => sender.RunAsync(era, stop.Token, giveUp.Token)));
        for (var edit = 0; edit < plan.EditsInAnEra && _edits.Values.Sum() < plan.Edits && _ledger.Faults.Count == 0; edit++)
        {
            await EditAsync(gateway, watcher);
        }

        await stop.CancelAsync();
        giveUp.CancelAfter(QuietLimit);
        await sending;
        await new Verdict(gateway, channel, _ledger).CheckAsync(_ledger.Sessions($"era-{era}-"), CancellationToken.None);
    }

    private async Task EditAsync(Victim gateway, Wire watcher)
    {
        var edit = Edit.Random(_random, _edits.Values.Sum() + 1, gateway.Settings);
        var way = await new ConfigEditor(gateway.ConfigFile, _random).PutAsync(edit.Text);
        _edits[edit.Kind] = _edits.GetValueOrDefault(edit.Kind) + 1;
        _ways[way] = _ways.GetValueOrDefault(way) + 1;
        _lastValid = edit.Settings ?? _lastValid;
        var began = Stopwatch.GetTimestamp();
        while (await DifferenceAsync(edit.Settings is not null, watcher) is { } difference)
        {
            if (Stopwatch.GetElapsedTime(began) > SettleLimit)
            {
                _ledger.Fault($"edit {_edits.Values.Sum()} ({edit.Kind}, {way}): {difference}");
                return;
            }

            await Task.Delay(50);
        }
    }

    /// <summary>What is not as it has to be after the last edit; null when all is.</summary>
    private async Task<string?> DifferenceAsync(bool isValid, Wire watcher)
    {
        var status = await watcher.CallAsync("config.status", [], CancellationToken.None);
        if (status.GetProperty("valid").GetBoolean() != isValid)
        {
            return $"the file counts as {(isValid ? "wrong" : "good")}: {status.GetProperty("issues").GetRawText()}";
        }

        var inForce = (await watcher.CallAsync("config.get", [], CancellationToken.None)).GetProperty("config");
        return Missing(JsonSerializer.SerializeToElement(_lastValid), inForce, "");
    }

    /// <summary>The first setting that is not in force as the file has it; defaults stand beside what it says, and secrets are shown as such.</summary>
    private static string? Missing(JsonElement file, JsonElement inForce, string path) => (file.ValueKind, inForce.ValueKind) switch
    {
        (JsonValueKind.Object, JsonValueKind.Object) => file.EnumerateObject()
            .Select(setting => inForce.TryGetProperty(setting.Name, out var value)
                ? Missing(setting.Value, value, $"{path}.{setting.Name}")
                : $"{path}.{setting.Name} is not there")
            .FirstOrDefault(missing => missing is not null),
        (JsonValueKind.Array, JsonValueKind.Array) when file.GetArrayLength() == inForce.GetArrayLength() => file.EnumerateArray()
            .Zip(inForce.EnumerateArray(), (one, other) => Missing(one, other, path))
            .FirstOrDefault(missing => missing is not null),
        _ => JsonElement.DeepEquals(file, inForce) || path.EndsWith(".secret", StringComparison.Ordinal) ? null : $"{path} is another one",
    };
}
