using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Chela.Load;

namespace Chela.Bench;

/// <summary>How fast is a request answered, and how many in a second, over HTTP and over WebSocket?</summary>
internal static class RequestLatency
{
    private const int Connections = 16;

    private const int Pipelined = 32;

    public static async Task<IEnumerable<Measurement>> AskAsync(string executable, double seconds)
    {
        await using var server = await RunningServer.StartAsync(executable);
        var http = await LoadAsync(server, $"http://127.0.0.1:{server.Port}/healthz", 1, seconds);
        var socket = await LoadAsync(server, $"ws://127.0.0.1:{server.Port}/rpc", 1, seconds);
        var pipelined = await LoadAsync(server, $"ws://127.0.0.1:{server.Port}/rpc", Pipelined, seconds);
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

    private static async Task<LoadResult> LoadAsync(RunningServer server, string target, int depth, double seconds)
    {
        // A process of its own: a shared collector would charge the client's garbage to the server.
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Chela.Load.dll"), "--target", target, "--token", server.Token,
            "--connections", $"{Connections}", "--depth", $"{depth}", "--seconds", seconds.ToString(CultureInfo.InvariantCulture),
        ];
        using var load = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = await load.StandardOutput.ReadToEndAsync();
        await load.WaitForExitAsync();
        return load.ExitCode == 0
            ? JsonSerializer.Deserialize(output, LoadJson.Default.LoadResult)!
            : throw new InvalidOperationException($"The load on {target} failed: {output}");
    }
}
