using System.Diagnostics;
using System.Net.Http.Headers;

namespace Chela.Load;

/// <summary>One HTTP connection that asks, waits for the whole answer, and asks again.</summary>
internal sealed class HttpConnection(LoadPlan plan) : ILoadConnection
{
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false, AllowAutoRedirect = false });

    public LatencyHistogram Latencies { get; } = new();

    public long Errors { get; private set; }

    public async Task OpenAsync()
    {
        if (plan.Token is { } token)
        {
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var first = await _client.GetAsync(plan.Target);
        first.EnsureSuccessStatusCode();
    }

    public async Task RunAsync(LoadWindow window)
    {
        for (var asked = Stopwatch.GetTimestamp(); asked < window.To; asked = Stopwatch.GetTimestamp())
        {
            using var answer = await _client.GetAsync(plan.Target);
            var answered = Stopwatch.GetTimestamp();
            Errors += answer.IsSuccessStatusCode ? 0 : 1;
            if (window.Contains(answered))
            {
                Latencies.Add(answered - asked);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
