using Chela.Chaos;

var plan = ChaosPlan.Parse(args);
var (table, ledger) = plan.Edits > 0 ? await EditAsync() : await KillAsync();
Console.WriteLine(table);
foreach (var fault in ledger.Faults)
{
    Console.Error.WriteLine(fault);
}

return ledger.Faults.Count == 0 ? 0 : 1;

async Task<(string Table, Ledger Ledger)> EditAsync()
{
    var outcome = await new EditTrial(plan, Console.Error.WriteLine).RunAsync();
    return (outcome.Table(plan), outcome.Ledger);
}

async Task<(string Table, Ledger Ledger)> KillAsync()
{
    var outcome = await new Trial(plan, Console.Error.WriteLine).RunAsync();
    return (outcome.Table(plan), outcome.Ledger);
}
