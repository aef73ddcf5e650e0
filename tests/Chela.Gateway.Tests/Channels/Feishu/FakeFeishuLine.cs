using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chela.Gateway.Channels.Feishu;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Tests.Channels.Feishu;

/// <summary>The side of Feishu of a long connection: an event is told on each connection until it is answered with 200.</summary>
/// <param name="note">Told of a ping, and of every answer.</param>
internal sealed class FakeFeishuLine(Action<FeishuCall?> note)
{
    private readonly Lock _gate = new();
    private readonly List<(string Id, string Json)> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebSocket? _line;

    /// <summary>How many bytes of an event go into one frame.</summary>
    public int FrameBytes { get; set; } = 100_000;

    /// <summary>How many events no app has answered yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _events.Count;
            }
        }
    }

    public void Tell(string id, string json)
    {
        lock (_gate)
        {
            _events.Add((id, json));
        }

        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Cuts the connection.</summary>
    public void Cut() => Volatile.Read(ref _line)?.Abort();

    public async Task KeepAsync(HttpContext context)
    {
        using var line = await context.WebSockets.AcceptWebSocketAsync();
        Volatile.Write(ref _line, line);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        using var turn = new SemaphoreSlim(1, 1);
        var telling = TellAsync(line, turn, over.Token);
        try
        {
            while (await ReadAsync(line, over.Token) is { } frame)
            {
                await HearAsync(line, turn, frame, over.Token);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The gateway is gone, or the line was cut.
        }

        await over.CancelAsync();
        await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task HearAsync(WebSocket line, SemaphoreSlim turn, FeishuFrame frame, CancellationToken ct)
    {
        if (frame.Method == FeishuFrame.Control)
        {
            note(new FeishuCall("PING", $"/{frame.Service}", default));
            await SendAsync(line, turn, frame with { Headers = [("type", "pong")], Payload = """{"ReconnectCount":-1,"ReconnectInterval":120,"ReconnectNonce":0,"PingInterval":90}"""u8.ToArray() }, ct);
        }
        else if (JsonDocument.Parse(frame.Payload).RootElement.GetProperty("code").GetInt32() == 200)
        {
            lock (_gate)
            {
                _events.RemoveAll(known => known.Id == frame.Header("message_id"));
            }

            note(null);
        }
    }

    /// <summary>Tells of each event that waits, once on each connection.</summary>
    private async Task TellAsync(WebSocket line, SemaphoreSlim turn, CancellationToken ct)
    {
        var told = new HashSet<string>();
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            (string Id, string Json)[] waiting;
            lock (_gate)
            {
                waiting = [.. _events.Where(known => told.Add(known.Id))];
            }

            foreach (var (id, json) in waiting)
            {
                var parts = Encoding.UTF8.GetBytes(json).Chunk(FrameBytes).ToArray();
                for (var seq = parts.Length - 1; seq >= 0; seq--) // in whatever order they come
                {
                    (string, string)[] headers = [("type", "event"), ("message_id", id), ("sum", $"{parts.Length}"), ("seq", $"{seq}"), ("trace_id", "t")];
                    await SendAsync(line, turn, new FeishuFrame { Method = FeishuFrame.Data, Service = 33554678, SeqId = 1, LogId = 2, Headers = headers, Payload = parts[seq] }, ct);
                }
            }

            await changed.WaitAsync(ct);
        }
    }

    private static async Task SendAsync(WebSocket line, SemaphoreSlim turn, FeishuFrame frame, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            await line.SendAsync(frame.Write(), WebSocketMessageType.Binary, true, ct);
        }
        finally
        {
            turn.Release();
        }
    }

    private static async Task<FeishuFrame?> ReadAsync(WebSocket line, CancellationToken ct)
    {
        var bytes = new byte[65536];
        var read = await line.ReceiveAsync(bytes.AsMemory(), ct);
        return read.MessageType == WebSocketMessageType.Close ? null : FeishuFrame.Read(bytes.AsMemory(0, read.Count));
    }
}
