using System.Text.Json;

namespace Chela.Load;

/// <summary>Connections that ask without a pause, and how fast they were answered.</summary>
internal static class RequestLoad
{
    /// <summary>Runs for the time of the plan and prints the result; the exit code is 1 when an answer was an error.</summary>
    public static async Task<int> RunAsync(LoadPlan plan)
    {
        var connections = Enumerable.Range(0, plan.Connections).Select(_ => Connect(plan)).ToList();
        await Task.WhenAll(connections.Select(connection => connection.OpenAsync()));

        var window = LoadWindow.After(plan);
        await Task.WhenAll(connections.Select(connection => Task.Run(() => connection.RunAsync(window))));

        var all = new LatencyHistogram();
        foreach (var connection in connections)
        {
            all.Add(connection.Latencies);
            await connection.DisposeAsync();
        }

        var errors = connections.Sum(connection => connection.Errors);
        var result = new LoadResult(all.Total, errors, all.Total / plan.Seconds, all.Percentile(0.5), all.Percentile(0.99), all.Max);
        Console.WriteLine(JsonSerializer.Serialize(result, LoadJson.Default.LoadResult));
        return errors == 0 ? 0 : 1;
    }

    private static ILoadConnection Connect(LoadPlan plan) =>
        plan.Target.Scheme is "ws" or "wss" ? new SocketConnection(plan) : new HttpConnection(plan);
}
