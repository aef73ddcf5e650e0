using System.Globalization;
using Chela.Load;

namespace Chela.Bench;

/// <summary>Does the gateway grow while it answers, streams, and is connected to and left, all at the same time and for long?</summary>
internal static class Soak
{
    private const int Sessions = 125, Calls = 2, Runs = 4, Crowd = 200;

    /// <summary>The part of the time in which it may grow: code is compiled, caches fill.</summary>
    private const double WarmUp = 0.25;

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject, BenchOptions options)
    {
        await using var model = await RunningServer.StartAsync(new Subject(options.Baseline, IsGateway: false));
        await using var gateway = await ModelAnswers.StartBeforeAsync(subject, model);
        using var chat = new GatewayCalls(gateway);
        await chat.ChatAsync("history", "Hello");
        using var stop = new CancellationTokenSource();
        var memory = WatchAsync(gateway, stop.Token);
        var visits = VisitAsync(gateway, stop.Token);
        var seconds = options.Seconds.ToString(CultureInfo.InvariantCulture);
        await using var runs = LoadProcess.Start(
            gateway, "ws", "/rpc", "--mode", "runs", "--connections", $"{Runs}", "--sessions", $"{Sessions}", "--seconds", seconds);
        var calls = await Task.WhenAll(
            CallAsync(gateway, "health", "{}", seconds),
            CallAsync(gateway, "sessions.list", "{}", seconds),
            CallAsync(gateway, "chat.history", """{"sessionKey":"history"}""", seconds));
        var answers = await runs.ReadAsync(LoadJson.Default.RunLoadResult);
        await stop.CancelAsync();
        var (line, samples) = (new MemoryLine(), await memory);
        foreach (var (at, megabytes) in samples.Where(sample => sample.Seconds > options.Seconds * WarmUp))
        {
            line.Add(at, megabytes);
        }

        return
        [
            new("runs that were answered", answers.Answers),
            new("calls that were answered", calls.Sum(result => result.Requests)),
            new("connections made and left", await visits),
            new("resident memory after the warm-up (MB)", line.First),
            new("resident memory at the end (MB)", line.Last),
            new("resident memory, most (MB)", samples.Max(sample => sample.Megabytes)),
            new("slope of the memory after the warm-up (MB an hour)", line.SlopePerHour),
        ];
    }

    private static Task<LoadResult> CallAsync(RunningServer gateway, string method, string parameters, string seconds) => LoadProcess.MeasureAsync(
        gateway, "ws", "/rpc", "--method", method, "--params", parameters, "--connections", $"{Calls}", "--seconds", seconds);

    private static async Task<List<(double Seconds, double Megabytes)>> WatchAsync(RunningServer gateway, CancellationToken stop)
    {
        var (samples, began) = (new List<(double, double)>(), TimeProvider.System.GetTimestamp());
        while (!stop.IsCancellationRequested)
        {
            samples.Add((TimeProvider.System.GetElapsedTime(began).TotalSeconds, gateway.ResidentMegabytes));
            await Task.Delay(Between, CancellationToken.None);
        }

        return samples;
    }

    /// <summary>Crowds that come, one after the other, and are gone without a goodbye.</summary>
    private static async Task<int> VisitAsync(RunningServer gateway, CancellationToken stop)
    {
        var made = 0;
        while (!stop.IsCancellationRequested)
        {
            await using var crowd = LoadProcess.Start(gateway, "ws", "/", ConnectionOptions.Crowd(Crowd));
            made += (await crowd.ReadAsync(LoadJson.Default.CrowdState)).Open;
        }

        return made;
    }
}
