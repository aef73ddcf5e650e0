using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Chela.Bench;

/// <summary>Calls a server over HTTP: the gateway by JSON-RPC, the bare Kestrel for a broadcast.</summary>
internal sealed class GatewayCalls : IDisposable
{
    private readonly HttpClient _client = new();

    public GatewayCalls(RunningServer server)
    {
        _client.BaseAddress = new Uri($"http://127.0.0.1:{server.Port}");
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
    }

    /// <summary>Sends a chat message into a session; returns when the gateway has made it durable.</summary>
    public Task ChatAsync(string session, string message) => CallAsync("chat.send", new JsonObject
    {
        ["sessionKey"] = session,
        ["message"] = message,
        ["idempotencyKey"] = Guid.NewGuid().ToString(),
    });

    /// <summary>Makes a session for each number, with a name; in one request.</summary>
    public async Task NameSessionsAsync(IEnumerable<int> numbers)
    {
        var batch = new JsonArray([.. numbers.Select(number => Call("sessions.patch", new JsonObject
        {
            ["key"] = $"bench:{number}",
            ["label"] = $"The session with the number {number}",
        }))]);
        using var answer = await _client.PostAsJsonAsync("/rpc", batch);
        var answers = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray();
        if (answers.FirstOrDefault(one => one!["result"] is null) is { } refused)
        {
            throw new InvalidOperationException($"sessions.patch was refused: {refused}");
        }
    }

    /// <summary>The connections that the gateway counts.</summary>
    public async Task<int> ConnectionsAsync() => (int)(await CallAsync("status", []))["connections"]!;

    /// <summary>Lets the bare Kestrel send frames to all its sockets.</summary>
    public async Task BroadcastAsync(string name, int count, int bytes)
    {
        using var answer = await _client.PostAsync(new Uri($"/{name}?count={count}&bytes={bytes}", UriKind.Relative), content: null);
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonObject> CallAsync(string method, JsonObject parameters)
    {
        using var answer = await _client.PostAsJsonAsync("/rpc", Call(method, parameters));
        var body = await answer.Content.ReadAsStringAsync();
        return JsonNode.Parse(body)?["result"] as JsonObject ?? throw new InvalidOperationException($"{method} was refused: {body}");
    }

    private static JsonObject Call(string method, JsonObject parameters) =>
        new() { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters };
}
