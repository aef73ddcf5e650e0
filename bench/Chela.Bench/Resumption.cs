using Chela.Load;

namespace Chela.Bench;

/// <summary>Does a client whose connection is cut again and again get every event once and in order, and how fast does it go?</summary>
internal static class Resumption
{
    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject, ConnectionOptions options)
    {
        await using var server = await RunningServer.StartAsync(subject, options.Settings);
        await using var trial = LoadProcess.Start(
            server, "ws", "/", "--mode", "resume", "--events", $"{options.Events}", "--cuts", $"{options.Cuts}");
        var result = await trial.ReadAsync(LoadJson.Default.TrialResult);
        foreach (var fault in result.Faults)
        {
            await Console.Error.WriteLineAsync(fault);
        }

        return
        [
            new("a stream with random cuts: events", result.Events),
            new("a stream with random cuts: cuts", result.Cuts),
            new("a stream with random cuts: gaps, repeats, events out of order", result.Faults.Count),
            new("a stream with random cuts: events per second", result.Events / result.Seconds),
        ];
    }
}
