using System.Text.Json;
using Chela.Bench;

var options = BenchOptions.Parse(args);
var comparisons = new List<Comparison>();
var questions = options.Set switch
{
    "connections" => Connections(options.Crowds),
    "sessions" => Sessions(options),
    "runs" => Runs(options),
    "soak" => Soaking(options),
    "channels" => Channels(options),
    _ => Start(options),
};
foreach (var question in questions.Where(question => options.Only is null || options.Only == question.Name))
{
    comparisons.AddRange(await question.CompareAsync(options));
}

Console.WriteLine(options.Json ? JsonSerializer.Serialize(comparisons, BenchJson.Default.IReadOnlyListComparison) : Table(comparisons));

static Question[] Start(BenchOptions options) =>
[
    new("start", subject => StartTime.AskAsync(subject, options.Starts)),
    new("memory", IdleMemory.AskAsync),
    new("requests", subject => RequestLatency.AskAsync(subject, options.Seconds)),
];

static Question[] Sessions(BenchOptions options) =>
    [new("sessions", subject => ManySessions.AskAsync(subject, options.Sessions, options.Seconds), ForBoth: false)];

static Question[] Runs(BenchOptions options) =>
[
    new("one", subject => ModelAnswers.AskAsync(subject, options, connections: 1)),
    new("many", subject => ModelAnswers.AskAsync(subject, options, connections: 16)),
];

static Question[] Soaking(BenchOptions options) =>
[
    new("mixed", subject => Soak.AskAsync(subject, options), ForBoth: false),
    new("touched", TouchedSessions.AskAsync, ForBoth: false),
];

static Question[] Channels(BenchOptions options) =>
    [new("failing", subject => FailingAccounts.AskAsync(subject, options))];

static Question[] Connections(ConnectionOptions crowds) =>
[
    new("idle", subject => IdleConnections.AskAsync(subject, crowds)),
    new("broadcast", subject => Broadcast.AskAsync(subject, crowds)),
    new("storm", subject => ConnectionStorm.AskAsync(subject, crowds)),
    new("deaf", subject => DeafClients.AskAsync(subject, crowds), ForBoth: false),
    new("resume", subject => Resumption.AskAsync(subject, crowds), ForBoth: false),
];

static string Table(IEnumerable<Comparison> comparisons) => string.Join(
    '\n',
    comparisons.Select(row => row.Row).Prepend("| --- | ---: | ---: | ---: |").Prepend("| question | bare Kestrel | gateway | ratio |"));
