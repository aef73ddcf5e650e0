using System.Diagnostics;
using Chela.Load;

namespace Chela.Bench;

/// <summary>
/// How long until an event is with every client, and how many frames a second go out when many events follow each other? The gateway
/// sends its ticks and the events of chat runs, the bare Kestrel frames of the same size in a loop.
/// </summary>
internal static class Broadcast
{
    private const int Ticks = 10;
    private const int Runs = 20;

    /// <summary>What a run of one word is told by: start, words as <c>agent</c> and as <c>chat</c>, both ends.</summary>
    private const int FramesOfRun = 5;

    private const int TickBytes = 20;
    private const int RunBytes = 250;
    private const int WaitSeconds = 120;

    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject, ConnectionOptions options)
    {
        await using var server = await RunningServer.StartAsync(subject, [.. options.Settings, ("gateway.tickIntervalMs", "1000")]);
        await using var crowd = LoadProcess.Start(server, "ws", subject.SocketPath, ConnectionOptions.Crowd(options.Connections));
        await crowd.ReadAsync(LoadJson.Default.CrowdState);
        using var calls = new GatewayCalls(server);

        var ticks = await TicksAsync(subject, options, crowd, calls);
        var (burst, seconds) = await BurstAsync(subject, options, crowd, calls);
        var name = $"an event to {options.Connections:N0}";
        return
        [
            new($"{name}: p50 (ms)", ticks.P50Ms),
            new($"{name}: p99 (ms)", ticks.P99Ms),
            new($"{name}: the last (ms)", ticks.MaxMs),
            new($"{Runs * FramesOfRun} events of {Runs} chat runs to {options.Connections:N0}: frames per second", burst.Frames / seconds),
            new($"{Runs * FramesOfRun} events of {Runs} chat runs to {options.Connections:N0}: until the last is there (s)", seconds),
        ];
    }

    private static async Task<ArrivalResult> TicksAsync(Subject subject, ConnectionOptions options, LoadProcess crowd, GatewayCalls calls)
    {
        var wanted = (long)Ticks * options.Connections;
        await crowd.AskAsync($"watch {wanted} \"event\":\"tick\"", LoadJson.Default.CrowdState);
        for (var tick = 0; tick < Ticks && !subject.IsGateway; tick++)
        {
            await calls.BroadcastAsync("tick", 1, TickBytes);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        return Complete(await crowd.AskAsync($"arrived {WaitSeconds}", LoadJson.Default.ArrivalResult), wanted);
    }

    private static async Task<(ArrivalResult Arrived, double Seconds)> BurstAsync(
        Subject subject, ConnectionOptions options, LoadProcess crowd, GatewayCalls calls)
    {
        var wanted = (long)options.Connections * (subject.IsGateway ? Runs : Runs * FramesOfRun);
        var mark = subject.IsGateway ? "\"state\":\"final\"" : "\"event\":\"burst\"";
        await crowd.AskAsync($"watch {wanted} {mark}", LoadJson.Default.CrowdState);
        var began = Stopwatch.GetTimestamp();
        await (subject.IsGateway
            ? Task.WhenAll(Enumerable.Range(0, Runs).Select(run => calls.ChatAsync($"burst-{run}", "word")))
            : calls.BroadcastAsync("burst", Runs * FramesOfRun, RunBytes));
        var arrived = Complete(await crowd.AskAsync($"arrived {WaitSeconds}", LoadJson.Default.ArrivalResult), wanted);
        return (arrived, Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private static ArrivalResult Complete(ArrivalResult arrived, long wanted) => arrived.Marked == wanted
        ? arrived
        : throw new InvalidOperationException($"{arrived.Marked} of {wanted} frames arrived in {WaitSeconds} s.");
}
