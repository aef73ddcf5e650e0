using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Discord;

/// <summary>The gateway of Discord (https://docs.discord.com/developers/events/gateway) for one bot, on a real socket. Its session outlives its connections.</summary>
internal sealed class FakeDiscordGateway
{
    private readonly Lock _gate = new();
    private readonly List<JsonObject> _events = [];
    private readonly List<JsonElement> _frames = [];
    private readonly List<WebSocket> _open = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _session;
    private int _sessions;

    /// <summary>What bots are told first of the servers that they are in.</summary>
    public IReadOnlyList<JsonObject> Guilds { get; init; } = [];

    public required string Token { get; init; }

    /// <summary>Who has this token may not read what people write.</summary>
    public required string BlindToken { get; init; }

    public required JsonObject Bot { get; init; }

    /// <summary>Where a session is resumed.</summary>
    public string Url { get; set; } = "";

    public int HeartbeatMs { get; set; } = 41_250;

    /// <summary>True while heartbeats are not answered; that ends when a session is resumed.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>What bots sent, in order.</summary>
    public IReadOnlyList<JsonElement> Frames
    {
        get
        {
            lock (_gate)
            {
                return [.. _frames];
            }
        }
    }

    public IEnumerable<JsonElement> Of(int op) => Frames.Where(frame => frame.Text("op") == op.ToString(provider: null));

    /// <summary>Tells the bot of something, as soon as it is connected.</summary>
    public void Tell(string name, JsonObject data)
    {
        lock (_gate)
        {
            Add(name, data);
        }

        Change();
    }

    /// <summary>Tells the bot of the last event again, under another number.</summary>
    public void TellAgain()
    {
        lock (_gate)
        {
            var last = _events.Last(one => one["t"]!.ToString() == "MESSAGE_CREATE");
            Add(last["t"]!.ToString(), last["d"]!.DeepClone().AsObject());
        }

        Change();
    }

    /// <summary>Cuts all connections off, without a word.</summary>
    public void Cut() => OnAll(socket =>
    {
        socket.Abort();
        return Task.CompletedTask;
    });

    /// <summary>Closes all connections with a code.</summary>
    public void Close(int code) => OnAll(socket => socket.CloseOutputAsync((WebSocketCloseStatus)code, null, CancellationToken.None));

    /// <summary>Says a frame on all connections.</summary>
    public void Say(JsonObject frame) => OnAll(socket => SendAsync(socket, frame));

    /// <summary>Knows the session no more.</summary>
    public void Forget() => _session = null;

    /// <summary>Waits until what happened fulfils a condition.</summary>
    public async Task WhenAsync(Func<bool> holds)
    {
        using var patience = Patience.Begin();
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (holds())
            {
                return;
            }

            await changed.WaitAsync(patience.Token);
        }
    }

    public void Change() => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>Serves one connection until it ends.</summary>
    public async Task ServeAsync(WebSocket socket, CancellationToken ct)
    {
        lock (_gate)
        {
            _open.Add(socket);
        }

        try
        {
            await SendAsync(socket, new JsonObject { ["op"] = 10, ["d"] = new JsonObject { ["heartbeat_interval"] = HeartbeatMs } });
            while (await ReadAsync(socket, ct) is { } frame)
            {
                await AnswerAsync(socket, frame, ct);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // it was cut off
        }
        finally
        {
            lock (_gate)
            {
                _open.Remove(socket);
            }
        }
    }

    private async Task AnswerAsync(WebSocket socket, JsonElement frame, CancellationToken ct)
    {
        switch (frame.GetProperty("op").GetInt32())
        {
            case 1 when !IsDeaf:
                await SendAsync(socket, new JsonObject { ["op"] = 11 });
                break;
            case 2 when frame.Text("d/token") == BlindToken:
                await socket.CloseOutputAsync((WebSocketCloseStatus)4014, "Disallowed intent(s).", ct);
                break;
            case 2 when frame.Text("d/token") != Token:
                await socket.CloseOutputAsync((WebSocketCloseStatus)4004, "Authentication failed.", ct);
                break;
            case 2:
                Begin();
                _ = TellAllAsync(socket, 0, ct); // as long as the connection lasts
                break;
            case 6 when frame.Text("d/session_id") != _session || frame.Text("d/token") != Token:
                await SendAsync(socket, new JsonObject { ["op"] = 9, ["d"] = false });
                break;
            case 6:
                IsDeaf = false;
                Tell("RESUMED", []);
                _ = TellAllAsync(socket, frame.GetProperty("d").GetProperty("seq").GetInt32(), ct);
                break;
            default:
                break;
        }

        lock (_gate)
        {
            _frames.Add(frame);
        }

        Change();
    }

    private void Begin()
    {
        lock (_gate)
        {
            _session = $"session-{++_sessions}";
            _events.Clear();
            Add("READY", new JsonObject
            {
                ["v"] = 10,
                ["session_id"] = _session,
                ["resume_gateway_url"] = Url,
                ["user"] = Bot.DeepClone(),
                ["application"] = new JsonObject { ["id"] = Bot["id"]!.DeepClone() },
            });
            foreach (var guild in Guilds)
            {
                Add("GUILD_CREATE", guild.DeepClone().AsObject());
            }
        }
    }

    private void Add(string name, JsonObject data) =>
        _events.Add(new JsonObject { ["op"] = 0, ["s"] = _events.Count + 1, ["t"] = name, ["d"] = data });

    private async Task TellAllAsync(WebSocket socket, int heard, CancellationToken ct)
    {
        while (socket.State == WebSocketState.Open)
        {
            var changed = Volatile.Read(ref _changed).Task;
            JsonObject[] news;
            lock (_gate)
            {
                news = [.. _events.Skip(heard).Select(one => one.DeepClone().AsObject())];
            }

            foreach (var one in news)
            {
                await SendAsync(socket, one);
                heard++;
            }

            if (news.Length == 0)
            {
                await changed.WaitAsync(ct);
            }
        }
    }

    private void OnAll(Func<WebSocket, Task> act)
    {
        lock (_gate)
        {
            _open.ForEach(socket => _ = act(socket)); // what fails is cut off already
        }
    }

    private static async Task SendAsync(WebSocket socket, JsonObject frame)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(frame.ToJsonString());
        Task sent;
        lock (socket) // frames may come from several places
        {
            sent = socket.SendAsync(bytes, WebSocketMessageType.Text, true, CancellationToken.None);
        }

        await sent;
    }

    private static async Task<JsonElement?> ReadAsync(WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        var part = await socket.ReceiveAsync(new Memory<byte>(buffer), ct);
        return part.MessageType == WebSocketMessageType.Close ? null : JsonElement.Parse(buffer.AsSpan(0, part.Count));
    }
}
