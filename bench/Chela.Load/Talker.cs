using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Chela.Load;

/// <summary>Sends chat messages by JSON-RPC over HTTP, each in a session of its own; a bounded number waits for the end of its run.</summary>
internal sealed class Talker : IDisposable
{
    private readonly HttpClient _client = new();
    private readonly SemaphoreSlim _places;
    private readonly Uri _target;
    private readonly string _text;
    private int _sent;

    /// <summary>A talker to the gateway of the plan.</summary>
    /// <param name="plan">Where to.</param>
    /// <param name="inFlight">How many runs may be under way.</param>
    /// <param name="words">How long each message is; the echo model answers with the same, a word each millisecond.</param>
    public Talker(LoadPlan plan, int inFlight, int words)
    {
        _places = new SemaphoreSlim(inFlight);
        _target = new UriBuilder(plan.Target) { Scheme = "http", Path = "/rpc" }.Uri;
        _text = "/slow 1 " + string.Join(' ', Enumerable.Range(100, words));
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", plan.Token);
    }

    /// <summary>Talks until cancelled.</summary>
    /// <exception cref="HttpRequestException">A message was refused.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await _places.WaitAsync(ct);
            var run = $"trial-{++_sent}";
            var call = new JsonObject
            {
                ["jsonrpc"] = "2.0",
                ["id"] = 1,
                ["method"] = "chat.send",
                ["params"] = new JsonObject { ["sessionKey"] = run, ["message"] = _text, ["idempotencyKey"] = run },
            };
            using var answer = await _client.PostAsJsonAsync(_target, call, ct);
            var body = await answer.Content.ReadAsStringAsync(ct);
            if (answer.StatusCode != HttpStatusCode.OK || !body.Contains("\"result\"", StringComparison.Ordinal))
            {
                throw new HttpRequestException($"{run} was refused: {body}");
            }
        }
    }

    /// <summary>A run has ended.</summary>
    public void Ended() => _places.Release();

    public void Dispose()
    {
        _client.Dispose();
        _places.Dispose();
    }
}
