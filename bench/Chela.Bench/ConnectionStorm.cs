using System.Diagnostics;
using Chela.Load;

namespace Chela.Bench;

/// <summary>The server dies and starts again, and every client comes back on its own: how long until all are in?</summary>
internal static class ConnectionStorm
{
    private const int WaitSeconds = 120;

    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject, ConnectionOptions options)
    {
        await using var server = await RunningServer.StartAsync(subject, options.Settings);

        // Nobody waits for anybody: whatever wants to log in does so.
        var everyone = ConnectionOptions.Crowd(options.Connections, logins: options.Connections);
        await using var crowd = LoadProcess.Start(server, "ws", subject.SocketPath, everyone);
        var before = await crowd.ReadAsync(LoadJson.Default.CrowdState);
        await server.RestartAsync();
        var began = Stopwatch.GetTimestamp();
        var after = await crowd.AskAsync($"everyone {WaitSeconds}", LoadJson.Default.CrowdState);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var name = $"{options.Connections:N0} come back after a restart";
        return
        [
            new($"{name}: until all are in (s)", seconds),
            new($"{name}: tries that failed and were repeated", after.Failures - before.Failures),
            new($"{name}: never in", options.Connections - after.Open),
        ];
    }
}
