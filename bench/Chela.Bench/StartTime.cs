namespace Chela.Bench;

/// <summary>How long from starting the process to the first 200 on <c>/healthz</c>?</summary>
internal static class StartTime
{
    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject, int starts)
    {
        var times = new List<double>();
        // The first start reads the program from disk into the page cache; it is thrown away.
        for (var start = 0; start <= starts; start++)
        {
            await using var server = await RunningServer.StartAsync(subject);
            times.Add(server.TimeToFirstAnswer.TotalMilliseconds);
        }

        var sorted = times.Skip(1).Order().ToList();
        return
        [
            new("start to first answer, median (ms)", sorted[sorted.Count / 2]),
            new("start to first answer, slowest (ms)", sorted[^1]),
        ];
    }
}
