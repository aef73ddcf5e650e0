using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chela.Gateway.Tests.Client;

/// <summary>The gateway's end of one connection.</summary>
internal sealed class ScriptedConnection(WebSocket socket, CancellationToken ct)
{
    /// <summary>What the client said in <c>connect</c>.</summary>
    public JsonElement Connect { get; private set; }

    /// <summary>The recorded handshake, as a gateway that lets everyone in.</summary>
    public async Task GreetAsync()
    {
        await SendAsync(RecordedFrames.Challenge);
        var request = await ReceiveAsync();
        Assert.Equal("connect", request.Method);
        Connect = request.Params;
        await AnswerAsync(request, RecordedFrames.Hello);
    }

    /// <summary>The next request.</summary>
    public async Task<Request> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
            Assert.Equal(WebSocketMessageType.Text, part.MessageType);
            length += part.Count;
            if (part.EndOfMessage)
            {
                break;
            }
        }

        var frame = JsonElement.Parse(buffer.AsSpan(0, length));
        Assert.Equal("req", frame.GetProperty("type").GetString());
        return new Request(
            frame.GetProperty("id").GetString()!,
            frame.GetProperty("method").GetString()!,
            frame.TryGetProperty("params", out var parameters) ? parameters : default);
    }

    public Task AnswerAsync(Request request, string payload) =>
        SendAsync($$"""{"type":"res","id":"{{request.Id}}","ok":true,"payload":{{payload}}}""");

    public Task RefuseAsync(Request request, string error) =>
        SendAsync($$"""{"type":"res","id":"{{request.Id}}","ok":false,"error":{{error}}}""");

    /// <summary>Takes <c>chat.send</c>, acknowledges it and gives the run's id.</summary>
    public async Task<string> AcceptChatAsync()
    {
        var request = await ReceiveAsync();
        Assert.Equal("chat.send", request.Method);
        var runId = request.Params.GetProperty("idempotencyKey").GetString()!;
        await AnswerAsync(request, $$"""{"runId":"{{runId}}","status":"started"}""");
        return runId;
    }

    public async Task SendAsync(string frame) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(frame).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, ct);

    public Task CloseAsync(int code, string reason) => socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, ct);

    /// <summary>Goes away without a goodbye, as a process that was killed.</summary>
    public void Die() => socket.Abort();

    /// <summary>Reads on until the client has gone, and says goodbye to one that does.</summary>
    public async Task<WebSocketCloseStatus?> SwallowAsync()
    {
        var buffer = new byte[4096];
        while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
        {
            await socket.ReceiveAsync(buffer.AsMemory(), ct);
        }

        if (socket.State == WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", ct);
        }

        return socket.CloseStatus;
    }
}

/// <summary>A request as the gateway sees it.</summary>
internal sealed record Request(string Id, string Method, JsonElement Params);
