using System.Globalization;
using Chela.Load;

namespace Chela.Bench;

/// <summary>How fast is a request answered, and how many in a second, over HTTP and over WebSocket?</summary>
internal static class RequestLatency
{
    private const int Connections = 16;

    private const int Pipelined = 32;

    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject, double seconds)
    {
        await using var server = await RunningServer.StartAsync(subject);
        var http = await LoadAsync(server, "http", "/healthz", 1, seconds);
        var socket = await LoadAsync(server, "ws", "/rpc", 1, seconds);
        var pipelined = await LoadAsync(server, "ws", "/rpc", Pipelined, seconds);
        return
        [
            .. Measurements($"GET /healthz, {Connections} connections", http),
            .. Measurements($"WebSocket call, {Connections} connections", socket),
            .. Measurements($"WebSocket calls, {Connections} connections, {Pipelined} deep", pipelined),
            new("resident memory after the load (MB)", server.ResidentMegabytes),
        ];
    }

    private static IEnumerable<Measurement> Measurements(string question, LoadResult result) =>
    [
        new($"{question}: per second", result.PerSecond),
        new($"{question}: p50 (µs)", result.P50),
        new($"{question}: p99 (µs)", result.P99),
    ];

    private static Task<LoadResult> LoadAsync(RunningServer server, string scheme, string path, int depth, double seconds) =>
        LoadProcess.MeasureAsync(
            server, scheme, path, "--connections", $"{Connections}", "--depth", $"{depth}", "--seconds", seconds.ToString(CultureInfo.InvariantCulture));
}
