using Chela.Load;

namespace Chela.Bench;

/// <summary>How fast do many clients log in, and how much memory does each hold while nothing happens?</summary>
internal static class IdleConnections
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject, ConnectionOptions options)
    {
        await using var server = await RunningServer.StartAsync(subject, options.Settings);
        await Task.Delay(Settle);
        var before = server.ResidentMegabytes;
        await using var crowd = LoadProcess.Start(server, "ws", subject.SocketPath, ConnectionOptions.Crowd(options.Connections));
        var logged = await crowd.ReadAsync(LoadJson.Default.CrowdState);
        await Task.Delay(Settle);
        var after = server.ResidentMegabytes;
        var held = await crowd.AskAsync("state", LoadJson.Default.CrowdState);
        if (held.Open != options.Connections)
        {
            throw new InvalidOperationException($"Only {held.Open} of {options.Connections} connections stand: {held.LastFailure}");
        }

        var name = $"{options.Connections:N0} idle connections";
        return
        [
            new($"{name}: logged in per second", held.Open / logged.Seconds),
            new($"{name}: tries that failed", held.Failures),
            new($"{name}: memory for each (KB)", (after - before) * 1000 / held.Open),
            new($"{name}: resident memory (MB)", after),
        ];
    }
}
