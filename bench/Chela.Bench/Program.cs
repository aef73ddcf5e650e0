using System.Globalization;
using System.Text.Json;
using Chela.Bench;

var options = BenchOptions.Parse(args);
var comparisons = new List<Comparison>();
Func<string, Task<IEnumerable<Measurement>>>[] questions =
[
    executable => StartTime.AskAsync(executable, options.Starts),
    IdleMemory.AskAsync,
    executable => RequestLatency.AskAsync(executable, options.Seconds),
];
foreach (var question in questions)
{
    // The two programs take turns, so that what else the machine does meets both.
    var rounds = new List<Comparison>();
    for (var round = 0; round < options.Rounds; round++)
    {
        var baseline = await question(options.Baseline);
        var gateway = await question(options.Gateway);
        rounds.AddRange(baseline.Zip(gateway, (b, g) => new Comparison(b.Question, b.Value, g.Value)));
    }

    comparisons.AddRange(rounds.GroupBy(row => row.Question).Select(Typical));
}

Console.WriteLine(options.Json ? JsonSerializer.Serialize(comparisons, BenchJson.Default.IReadOnlyListComparison) : Table(comparisons));

static Comparison Typical(IGrouping<string, Comparison> rounds) =>
    new(rounds.Key, Median([.. rounds.Select(row => row.Baseline)]), Median([.. rounds.Select(row => row.Gateway)]));

static double Median(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);

static string Table(IEnumerable<Comparison> comparisons) => string.Join(
    '\n',
    comparisons
        .Select(row => $"| {row.Question} | {Short(row.Baseline)} | {Short(row.Gateway)} | {Short(row.Ratio, "0.00")} |")
        .Prepend("| --- | ---: | ---: | ---: |")
        .Prepend("| question | bare Kestrel | gateway | ratio |"));

static string Short(double value, string? format = null) =>
    value.ToString(format ?? (value < 100 ? "0.#" : "#,0"), CultureInfo.InvariantCulture);
