using Chela.Chaos;

var plan = ChaosPlan.Parse(args);
var outcome = await new Trial(plan, Console.Error.WriteLine).RunAsync();
var starts = outcome.StartsMs.Order().ToList();

Console.WriteLine($"""
    | what | how many |
    | --- | ---: |
    {string.Join('\n', outcome.Kills.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"| ended: {kind.Key} | {kind.Value:N0} |"))}
    | messages acknowledged, by {plan.Clients} clients in 3 dialects and by webhook | {outcome.Ledger.Acknowledged:N0} |
    | … of them with a file, which is given back | {outcome.Ledger.WithFile:N0} |
    | tries without an acknowledgement, made again under the same key | {outcome.Ledger.Resent:N0} |
    | runs cut off, which say so in their transcript | {outcome.Interrupted:N0} |
    | pieces of answers that the webhook's program was sent once more, under their key | {outcome.PiecesAgain:N0} |
    | start after a kill until work is taken, median (ms) | {starts[starts.Count / 2]:N0} |
    | … slowest (ms) | {starts[^1]:N0} |
    | the whole trial (s) | {outcome.Took.TotalSeconds:N0} |
    | **lost, doubled, out of order or wrong** | **{outcome.Ledger.Faults.Count:N0}** |
    """);
foreach (var fault in outcome.Ledger.Faults)
{
    Console.Error.WriteLine(fault);
}

return outcome.Ledger.Faults.Count == 0 ? 0 : 1;
