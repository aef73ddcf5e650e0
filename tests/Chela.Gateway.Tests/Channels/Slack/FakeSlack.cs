using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Channels.Slack;

/// <summary>A call of the Web API.</summary>
internal sealed record SlackCall(string Method, JsonElement Parameters)
{
    public string? Text => Parameters.Text("text");

    public string? Channel => Parameters.Text("channel");

    public string? Thread => Parameters.Text("thread_ts");
}

/// <summary>
/// Slack's Web API and Socket Mode (https://docs.slack.dev) as far as the gateway uses them, on a real socket: what is not acknowledged comes again over
/// the next connection.
/// </summary>
internal sealed class FakeSlack : IAsyncDisposable
{
    public const string BotToken = "xoxb-1-a-token-that-only-the-bot-knows";
    public const string AppToken = "xapp-1-a-token-that-only-the-app-knows";
    public const string BotUser = "U0BOT";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SlackCall> _calls = new();
    private readonly ConcurrentDictionary<string, string> _pending = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly List<WebSocket> _connections = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _last = 100;

    private FakeSlack(WebApplication app) => _app = app;

    public string Root { get; private set; } = "";

    /// <summary>Answers a call in place of the fake; null leaves it to the fake.</summary>
    public Func<SlackCall, (int Status, string Body)?> Answer { get; set; } = _ => null;

    /// <summary>What stands in files, by path; others hold their own name.</summary>
    public ConcurrentDictionary<string, string> Files { get; } = new();

    /// <summary>How many connections there have been.</summary>
    public int Connections => _connections.Count;

    /// <summary>What was not acknowledged yet.</summary>
    public int Pending => _pending.Count;

    public IReadOnlyList<SlackCall> Calls => [.. _calls];

    public IReadOnlyList<SlackCall> Sent => [.. _calls.Where(call => call.Method == "chat.postMessage")];

    public IReadOnlyList<SlackCall> SentTo(string channel) => [.. Sent.Where(call => call.Channel == channel)];

    public static async Task<FakeSlack> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        app.UseWebSockets();
        var fake = new FakeSlack(app);
        app.Run(fake.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        fake.Root = app.Urls.Single();
        return fake;
    }

    /// <summary>A gateway in this folder that has these accounts.</summary>
    public GatewayStart StartIn(TempFolder folder, params (string Name, string Settings)[] accounts) => StartIn(folder, [], accounts);

    /// <summary>The same with more in its configuration.</summary>
    public GatewayStart StartIn(TempFolder folder, JsonObject config, params (string Name, string Settings)[] accounts)
    {
        var start = new GatewayStart(folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        var slack = new JsonObject();
        foreach (var (name, settings) in accounts)
        {
            slack[name] = Account(JsonNode.Parse(settings)!.AsObject());
        }

        config["channels"] = new JsonObject { ["slack"] = slack };
        File.WriteAllText(Path.Combine(start.StateDirectory!, "chela.json"), config.ToJsonString());
        return start;
    }

    /// <summary>An account of the bot, with these settings besides.</summary>
    public JsonObject Account(JsonObject settings)
    {
        settings["botToken"] ??= BotToken;
        settings["appToken"] ??= AppToken;
        settings["apiRoot"] = $"{Root}/api";
        return settings;
    }

    /// <summary>A person writes; without more in private.</summary>
    public async Task<JsonObject> SayAsync(string text, string user = "U42", string? channel = null, JsonObject? more = null)
    {
        var said = more ?? [];
        said["type"] ??= "message";
        said["user"] = user;
        said["channel"] = channel ?? $"D{user[1..]}";
        said["channel_type"] = channel is null ? "im" : "channel";
        said["text"] = text;
        said["ts"] = string.Create(CultureInfo.InvariantCulture, $"1700000000.{Interlocked.Increment(ref _last):D6}");
        await TellAsync("events_api", new JsonObject { ["type"] = "event_callback", ["event"] = said.DeepClone() });
        return said;
    }

    /// <summary>A person presses a button.</summary>
    public Task PressAsync(string value, string user) => TellAsync("interactive", new JsonObject
    {
        ["type"] = "block_actions",
        ["user"] = new JsonObject { ["id"] = user, ["username"] = "anna" },
        ["channel"] = new JsonObject { ["id"] = "D42", ["name"] = "directmessage" },
        ["message"] = new JsonObject { ["type"] = "message", ["ts"] = "1700000000.000001" },
        ["actions"] = new JsonArray(new JsonObject
        {
            ["type"] = "button",
            ["value"] = value,
            ["action_ts"] = string.Create(CultureInfo.InvariantCulture, $"1700000001.{Interlocked.Increment(ref _last):D6}"),
        }),
    });

    /// <summary>Sends an envelope.</summary>
    /// <param name="connection">Over which connection, from 0; without it the latest.</param>
    public Task TellAsync(string type, JsonObject payload, int? connection = null)
    {
        var id = Guid.NewGuid().ToString();
        var envelope = new JsonObject { ["envelope_id"] = id, ["type"] = type, ["payload"] = payload, ["accepts_response_payload"] = false };
        _pending[id] = envelope.ToJsonString();
        return SendAsync(connection, envelope.ToJsonString());
    }

    /// <summary>Says that the latest connection will be closed.</summary>
    public Task DisconnectAsync(string reason) => SendAsync(null, new JsonObject { ["type"] = "disconnect", ["reason"] = reason }.ToJsonString());

    /// <summary>Cuts the latest connection off, without a word.</summary>
    public void Cut() => _connections[^1].Abort();

    /// <summary>Waits until the fake fulfils a condition.</summary>
    public async Task WhenAsync(Func<FakeSlack, bool> holds)
    {
        using var patience = Patience.Begin();
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (holds(this))
            {
                return;
            }

            await changed.WaitAsync(patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _sending.Dispose();
    }

    private static (int Status, string Body) Refusal(string error) => (200, new JsonObject { ["ok"] = false, ["error"] = error }.ToJsonString());

    private void Change() => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private async Task SendAsync(int? connection, string text)
    {
        await _sending.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if ((connection is { } number ? _connections[number] : _connections.LastOrDefault()) is { State: WebSocketState.Open } socket)
            {
                await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/link")
        {
            await ServeAsync(await context.WebSockets.AcceptWebSocketAsync(), context.RequestAborted);
            return;
        }

        var token = context.Request.Headers.Authorization.ToString();
        if (path.StartsWith("/files/", StringComparison.Ordinal))
        {
            context.Response.StatusCode = token == $"Bearer {BotToken}" ? 200 : 302;
            await context.Response.WriteAsync(Files.GetValueOrDefault(path) ?? $"content of {path}", context.RequestAborted);
            return;
        }

        var call = new SlackCall(path.Split('/')[^1], JsonElement.Parse(await ParametersAsync(context)));
        var isKnown = call.Method == "upload" || token == $"Bearer {(call.Method == "apps.connections.open" ? AppToken : BotToken)}";
        var (status, answer) = isKnown ? Answer(call) ?? (200, Result(call).ToJsonString()) : Refusal("invalid_auth");
        _calls.Enqueue(call);
        Change();
        if (status == NoAnswer.Status)
        {
            await NoAnswer.HoldAsync(context);
            return;
        }

        context.Response.StatusCode = status;
        if (status == 429)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        await context.Response.WriteAsync(answer, context.RequestAborted);
    }

    /// <summary>JSON, a form, or the content of a file.</summary>
    private static async Task<string> ParametersAsync(HttpContext context)
    {
        if (context.Request.HasFormContentType)
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return new JsonObject(form.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value.ToString()))).ToJsonString();
        }

        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        return context.Request.ContentType is null ? new JsonObject { ["content"] = text }.ToJsonString() : text.Length == 0 ? "{}" : text;
    }

    private JsonObject Result(SlackCall call) => call.Method switch
    {
        "auth.test" => new() { ["ok"] = true, ["user_id"] = BotUser, ["user"] = "chela", ["team"] = "Us" },
        "files.getUploadURLExternal" => new() { ["ok"] = true, ["upload_url"] = $"{Root}/upload", ["file_id"] = "F1" },
        "apps.connections.open" => new() { ["ok"] = true, ["url"] = $"ws{Root["http".Length..]}/link?ticket={Guid.NewGuid()}" },
        _ => new() { ["ok"] = true, ["ts"] = string.Create(CultureInfo.InvariantCulture, $"1700000000.{Interlocked.Increment(ref _last):D6}") },
    };

    private async Task ServeAsync(WebSocket socket, CancellationToken ct)
    {
        lock (_connections)
        {
            _connections.Add(socket);
        }

        await SendAsync(null, """{"type":"hello","num_connections":1,"connection_info":{"app_id":"A1"}}""");
        foreach (var envelope in _pending.Values)
        {
            await SendAsync(null, envelope);
        }

        Change();
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, ct) is { MessageType: WebSocketMessageType.Text } part)
            {
                _pending.TryRemove(JsonElement.Parse(buffer.AsSpan(0, part.Count)).Text("envelope_id")!, out _);
                Change();
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The gateway went.
        }
    }
}
