using System.Diagnostics;
using System.Globalization;
using Chela.Load;

namespace Chela.Bench;

/// <summary>Do people at twenty accounts of a channel wait longer for their answers when other accounts fail in every way?</summary>
internal static class FailingAccounts
{
    private const int Accounts = 20;

    /// <summary>How long a person thinks before the next question; together they ask for a third of what the gateway could answer.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(80);

    /// <summary>Asks the gateway with the twenty alone (in place of the bare Kestrel, which has no channels), or with failing ones beside them.</summary>
    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject, BenchOptions options)
    {
        await using var api = await BotApi.StartAsync();
        var failing = subject.IsGateway ? BotApi.Failures : [];
        var settings = Enumerable.Range(1, Accounts).SelectMany(number => Account($"good{number}", TokenOf(number), $"{api.Root}/good"))
            .Concat(failing.SelectMany((how, number) => Account(how, TokenOf(1000 + number), $"{api.Root}/{how}")));
        await using var gateway = await RunningServer.StartAsync(new Subject(options.Gateway, IsGateway: true), [.. settings]);
        await Task.WhenAll(Enumerable.Range(1, Accounts).Select(number => api.AskAsync(TokenOf(number), "warm up")));
        var (began, latencies) = (Stopwatch.GetTimestamp(), new LatencyHistogram());
        await Task.WhenAll(Enumerable.Range(1, Accounts).Select(AskAsync));
        var elapsed = Stopwatch.GetElapsedTime(began);
        return
        [
            new($"{Accounts} accounts: answer p50 (µs)", latencies.Percentile(0.5)),
            new($"{Accounts} accounts: answer p99 (µs)", latencies.Percentile(0.99)),
            new($"{Accounts} accounts: answers per second", latencies.Total / elapsed.TotalSeconds),
        ];

        async Task AskAsync(int number)
        {
            for (var question = 0; Stopwatch.GetElapsedTime(began).TotalSeconds < options.Seconds; question++)
            {
                await Task.Delay(Pause);
                var took = await api.AskAsync(TokenOf(number), string.Create(CultureInfo.InvariantCulture, $"question {question} end"));
                lock (latencies)
                {
                    latencies.Add(took);
                }
            }
        }
    }

    private static string TokenOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{number}:a-token-of-the-bench-and-of-nobody-else");

    private static IEnumerable<(string Key, string Value)> Account(string name, string token, string root) =>
    [
        ($"channels.telegram.{name}.botToken", token),
        ($"channels.telegram.{name}.apiRoot", root),
        ($"channels.telegram.{name}.dmPolicy", "open"),
        ($"channels.telegram.{name}.allowFrom", "*"),
    ];
}
