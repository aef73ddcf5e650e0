namespace Chela.Bench;

/// <summary>Does memory return when many sessions were spoken to once and then left alone?</summary>
internal static class TouchedSessions
{
    private const int Count = 5000, AtOnce = 16;

    /// <summary>How long nobody says anything.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(2);

    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject)
    {
        await using var server = await RunningServer.StartAsync(
            subject, ("gateway.limits.maxChatPerMinute", "0"), ("gateway.limits.maxChatPerMinutePerAddress", "0"));
        using var calls = new GatewayCalls(server);
        var text = string.Join(' ', Enumerable.Range(0, 2000));
        var before = server.ResidentMegabytes;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (number, _) => await calls.ChatAsync($"touched-{number}", text));
        var after = server.ResidentMegabytes;
        await Task.Delay(Rest);
        return
        [
            new($"memory before {Count:N0} sessions (MB)", before),
            new($"memory when each was spoken to once, with {text.Length / 1000} KB (MB)", after),
            new($"memory after {Rest.TotalMinutes:0} minutes of rest (MB)", server.ResidentMegabytes),
        ];
    }
}
