namespace Chela.Bench;

/// <summary>How much memory does a started program hold when nobody asks it anything?</summary>
internal static class IdleMemory
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject)
    {
        await using var server = await RunningServer.StartAsync(subject);
        await Task.Delay(Settle);
        return [new("resident memory, idle (MB)", server.ResidentMegabytes)];
    }
}
