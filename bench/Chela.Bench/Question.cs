namespace Chela.Bench;

/// <summary>A question to the programs, asked several times.</summary>
/// <param name="Name">What <c>--only</c> names it by.</param>
/// <param name="Ask">Asks one program.</param>
/// <param name="ForBoth">False when the bare Kestrel has nothing of the kind.</param>
internal sealed record Question(string Name, Func<Subject, Task<IEnumerable<Measurement>>> Ask, bool ForBoth = true)
{
    /// <summary>What was measured, the median of the rounds.</summary>
    public async Task<IEnumerable<Comparison>> CompareAsync(BenchOptions options)
    {
        // The two programs take turns, so that what else the machine does meets both.
        var rounds = new List<Comparison>();
        for (var round = 0; round < options.Rounds; round++)
        {
            var baseline = ForBoth ? [.. await Ask(new Subject(options.Baseline, IsGateway: false))] : new List<Measurement>();
            var gateway = await Ask(new Subject(options.Gateway, IsGateway: true));
            await Console.Error.WriteLineAsync(string.Join('\n', gateway.Select(measured => $"  {measured.Question}: {measured.Value:0.##}")));
            rounds.AddRange(gateway.Select((measured, row) => new Comparison(measured.Question, baseline.ElementAtOrDefault(row)?.Value, measured.Value)));
        }

        return rounds.GroupBy(row => row.Question).Select(group => Comparison.Typical([.. group]));
    }
}
