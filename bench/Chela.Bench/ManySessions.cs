using System.Globalization;
using Chela.Load;

namespace Chela.Bench;

/// <summary>How fast are sessions listed when there are a hundred thousand, and how long does the start take with them?</summary>
internal static class ManySessions
{
    private const int Connections = 16;

    /// <summary>Sessions that one request makes, and requests at the same time.</summary>
    private const int Batch = 200, Requests = 16;

    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject, int count, double seconds)
    {
        await using var server = await RunningServer.StartAsync(subject);
        using var calls = new GatewayCalls(server);
        var empty = server.ResidentMegabytes;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count).Chunk(Batch),
            new ParallelOptions { MaxDegreeOfParallelism = Requests },
            async (numbers, _) => await calls.NameSessionsAsync(numbers));
        var name = $"of {count:N0} sessions";
        return
        [
            .. Latencies($"the newest 100 {name}", await ListAsync(server, "{}", seconds)),
            .. Latencies($"a page from the middle {name}", await ListAsync(server, $$"""{"offset":{{count / 2}}}""", seconds)),
            .. Latencies($"those with a text {name}", await ListAsync(server, """{"search":"number 77"}""", seconds)),
            new($"memory {name} (MB)", server.ResidentMegabytes - empty),
            new($"from the start to ready {name} (ms)", await RestartAsync(server)),
        ];
    }

    private static IEnumerable<Measurement> Latencies(string question, LoadResult result) =>
        [new($"{question}: per second", result.PerSecond), new($"{question}: p50 (µs)", result.P50), new($"{question}: p99 (µs)", result.P99)];

    private static Task<LoadResult> ListAsync(RunningServer server, string parameters, double seconds) => LoadProcess.MeasureAsync(
        server, "ws", "/rpc", "--method", "sessions.list", "--params", parameters,
        "--connections", $"{Connections}", "--seconds", seconds.ToString(CultureInfo.InvariantCulture));

    private static async Task<double> RestartAsync(RunningServer server)
    {
        await server.RestartAsync();
        return server.TimeToReady.TotalMilliseconds;
    }
}
