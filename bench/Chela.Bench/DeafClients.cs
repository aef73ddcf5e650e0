using System.Globalization;
using Chela.Load;

namespace Chela.Bench;

/// <summary>
/// Do clients that call, are told much and never read slow another one? Its calls are timed alone, beside as many clients that
/// read, and beside those; in all three cases the same chat runs are told to everyone.
/// </summary>
internal static class DeafClients
{
    private const int Words = 400;

    /// <summary>What one that never reads asks: the answers are more than the gateway keeps before it stops to read from it.</summary>
    private const int Calls = 2000;

    private static readonly TimeSpan BetweenRuns = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject, ConnectionOptions options)
    {
        await using var server = await RunningServer.StartAsync(subject, options.Settings);
        using var calls = new GatewayCalls(server);
        var alone = await MeasureAsync(server, calls, options);
        LoadResult beside;
        await using (var crowd = LoadProcess.Start(server, "ws", "/", ConnectionOptions.Crowd(options.Deaf)))
        {
            await crowd.ReadAsync(LoadJson.Default.CrowdState);
            beside = await MeasureAsync(server, calls, options);
        }

        var before = server.ResidentMegabytes;
        await using var deaf = LoadProcess.Start(
            server, "ws", "/", "--mode", "deaf", "--connections", $"{options.Deaf}", "--depth", $"{Calls}", "--addresses", "250");
        await SettledAsync(deaf);
        var besideDeaf = await MeasureAsync(server, calls, options);
        var during = server.ResidentMegabytes;
        var left = await LeftAsync(calls);
        var name = $"a call beside {options.Deaf:N0} clients";
        return
        [
            .. Latencies("a call while chat runs are told, alone", alone),
            .. Latencies($"{name} that read", beside),
            .. Latencies($"{name} that never read", besideDeaf),
            new($"{name} that never read: p50, times that of alone", (double)besideDeaf.P50 / alone.P50),
            new($"{name} that never read: p99, times that of alone", (double)besideDeaf.P99 / alone.P99),
            new($"{name} that never read: p99, times that of readers", (double)besideDeaf.P99 / beside.P99),
            new($"{options.Deaf:N0} clients that never read: memory for each (KB)", (during - before) * 1000 / options.Deaf),
            new($"{options.Deaf:N0} clients that never read: still connected a minute later", left),
        ];
    }

    private static IEnumerable<Measurement> Latencies(string question, LoadResult result) =>
        [new($"{question}: p50 (µs)", result.P50), new($"{question}: p99 (µs)", result.P99)];

    /// <summary>One client that calls without a pause while messages are sent and answered.</summary>
    private static async Task<LoadResult> MeasureAsync(RunningServer server, GatewayCalls calls, ConnectionOptions options)
    {
        using var measured = new CancellationTokenSource();
        var talking = TalkAsync(calls, measured.Token);
        var seconds = options.Seconds.ToString(CultureInfo.InvariantCulture);
        var result = await LoadProcess.MeasureAsync(server, "ws", "/rpc", "--connections", "1", "--seconds", seconds);
        await measured.CancelAsync();
        await talking;
        return result;
    }

    private static async Task TalkAsync(GatewayCalls calls, CancellationToken ct)
    {
        var message = string.Join(' ', Enumerable.Range(1000, Words));
        for (var run = 0; !ct.IsCancellationRequested; run++)
        {
            await calls.ChatAsync(Guid.NewGuid().ToString(), message);
            await Task.WhenAny(Task.Delay(BetweenRuns, ct));
        }
    }

    /// <summary>Waits until they have called, or the gateway takes no more calls from them: what is told to them comes on top.</summary>
    private static async Task SettledAsync(LoadProcess deaf)
    {
        var last = (await deaf.ReadAsync(LoadJson.Default.DeafState)).Calls;
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            var state = await deaf.AskAsync("state", LoadJson.Default.DeafState);
            if (state.Calls == last)
            {
                return;
            }

            last = state.Calls;
        }
    }

    /// <summary>How many connections the gateway still has when they are gone, or when the time is up.</summary>
    private static async Task<int> LeftAsync(GatewayCalls calls)
    {
        using var limit = new CancellationTokenSource(EndLimit);
        while (await calls.ConnectionsAsync() is var left)
        {
            if (left == 0 || limit.IsCancellationRequested)
            {
                return left;
            }

            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(1), limit.Token));
        }

        return 0;
    }
}
