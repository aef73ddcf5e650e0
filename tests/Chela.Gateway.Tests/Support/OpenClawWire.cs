using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Tests.Support;

/// <summary>Speaks the OpenClaw dialect with a gateway.</summary>
internal static class OpenClawWire
{
    /// <summary>A <c>connect</c> of a local back end with all scopes, to be changed by the test.</summary>
    public static JsonObject ConnectParams(string token) => new()
    {
        ["minProtocol"] = 3,
        ["maxProtocol"] = 4,
        ["client"] = new JsonObject { ["id"] = "gateway-client", ["version"] = "1.0.0", ["platform"] = "linux", ["mode"] = "backend" },
        ["role"] = "operator",
        ["scopes"] = new JsonArray("operator.admin", "operator.read", "operator.write"),
        ["auth"] = new JsonObject { ["token"] = token },
    };

    public static string Request(string id, string method, JsonObject? parameters = null) =>
        new JsonObject { ["type"] = "req", ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] }.ToJsonString();

    /// <summary>Opens a socket and reads the challenge.</summary>
    public static async Task<WireClient> OpenSilentOpenClawAsync(this GatewayProcess gateway)
    {
        var client = await WireClient.OpenAsync(gateway.Url + "/");
        Assert.Equal("connect.challenge", (await client.ReceiveAsync()).Text("event"));
        return client;
    }

    /// <summary>Opens a socket and logs in.</summary>
    public static async Task<WireClient> OpenOpenClawAsync(this GatewayProcess gateway, string? token = null)
    {
        var client = await gateway.OpenSilentOpenClawAsync();
        await client.SendAsync(Request("connect", "connect", ConnectParams(token ?? gateway.Token)));
        var hello = await client.ReceiveAsync();
        Assert.Equal("hello-ok", hello.Text("payload/type"));
        return client;
    }

    /// <summary>Calls and waits for the answer, whatever it is.</summary>
    public static async Task<JsonElement> CallAsync(this WireClient client, string method, JsonObject? parameters = null)
    {
        var id = client.NextId();
        await client.SendAsync(Request(id, method, parameters));
        return await client.AnswerAsync(id);
    }

    /// <summary>Waits for the answer to a request.</summary>
    public static Task<JsonElement> AnswerAsync(this WireClient client, string id) =>
        client.ReceiveAsync(frame => frame.Text("type") == "res" && frame.Text("id") == id);

    /// <summary>Sends a message and gives the status of its acknowledgement.</summary>
    public static async Task<string> SendChatAsync(this WireClient client, string session, string runId, string text)
    {
        var answer = await client.CallAsync("chat.send", ChatParams(session, runId, text));
        return answer.Text("payload/status") ?? throw new InvalidOperationException($"Refused: {answer}");
    }

    public static JsonObject ChatParams(string session, string runId, string text) =>
        new() { ["sessionKey"] = session, ["idempotencyKey"] = runId, ["message"] = text };

    /// <summary>Waits for a <c>chat</c> event of a run in one of these states; gives its payload.</summary>
    public static async Task<JsonElement> ChatAsync(this WireClient client, string runId, params string[] states)
    {
        var frame = await client.ReceiveAsync(frame => frame.Text("event") == "chat"
            && frame.Text("payload/runId") == runId && states.Contains(frame.Text("payload/state")));
        return frame.GetProperty("payload");
    }

    /// <summary>Waits for the end of a run, however it ends.</summary>
    public static Task<JsonElement> ChatEndAsync(this WireClient client, string runId) =>
        client.ChatAsync(runId, "final", "aborted", "error");

    /// <summary>Everything in the history of a session, oldest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> HistoryAsync(this WireClient client, string session)
    {
        var answer = await client.CallAsync("chat.history", new JsonObject { ["sessionKey"] = session, ["limit"] = 1000 });
        Assert.True(answer.GetProperty("ok").GetBoolean(), answer.ToString());
        return answer.List("payload/messages");
    }

    /// <summary>A message of the history in one line: role, stop reason where there is one, text.</summary>
    public static string Line(JsonElement message) =>
        $"{message.Text("role")}{(message.Text("stopReason") is { } reason ? $" ({reason})" : "")}: {message.Text("content/0/text")}";
}
