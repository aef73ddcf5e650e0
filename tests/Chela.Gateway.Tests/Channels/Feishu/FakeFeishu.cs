using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Channels.Feishu;

/// <summary>
/// Feishu (https://open.feishu.cn/document) as far as the gateway uses it, on a real socket: calls, the long connection with its frames, and what it
/// posts. Events stay until they are answered; a uuid that was seen is known again.
/// </summary>
internal sealed class FakeFeishu : IAsyncDisposable
{
    public const string Secret = "a-secret-that-only-the-app-knows";
    public const string EncryptKey = "an-encrypt-key-of-many-letters";
    public const string VerificationToken = "a-verification-token-of-many-letters";
    public const string AppId = "cli_a1b2c3d4e5f6a7b8";
    public const string BotId = "ou_bot";

    private readonly WebApplication _app;
    private readonly FakeFeishuLine _line;
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<FeishuCall> _calls = new();
    private readonly ConcurrentDictionary<string, string> _uuids = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _last;
    private int _lastToken;

    private FakeFeishu(WebApplication app) => (_app, _line) = (app, new FakeFeishuLine(Note));

    public string Root { get; private set; } = "";

    /// <summary>Answers a call in place of the fake; null leaves it to the fake.</summary>
    public Func<FeishuCall, (int Status, int Code, int? Reset)?> Answer { get; set; } = _ => null;

    /// <summary>The files that came with messages, by message and key.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    /// <summary>The long connection.</summary>
    public FakeFeishuLine Line => _line;

    public IReadOnlyList<FeishuCall> Calls => [.. _calls];

    /// <summary>What bots said, in order; the same said again counts once.</summary>
    public IReadOnlyList<FeishuCall> Sent { get; private set; } = [];

    public static async Task<FakeFeishu> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var fake = new FakeFeishu(app);
        app.UseWebSockets();
        app.Run(fake.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        fake.Root = app.Urls.Single();
        return fake;
    }

    /// <summary>The settings of an account here.</summary>
    /// <param name="more">What it holds besides.</param>
    public JsonObject Account(string more)
    {
        var account = JsonNode.Parse(more)!.AsObject();
        account["appId"] ??= AppId;
        account["appSecret"] ??= Secret;
        account["domain"] = Root;
        return account;
    }

    /// <summary>A person writes to the bot in private.</summary>
    public string Say(string text, string from = "ou_anna") => Tell(Message("p2p", $"oc_with_{from}", from, "text", new JsonObject { ["text"] = text }));

    /// <summary>A person writes in a group.</summary>
    /// <param name="isCall">Whether the bot is named in front.</param>
    public string SayIn(string group, string text, bool isCall = true, string from = "ou_anna", JsonObject? more = null)
    {
        var message = Message("group", group, from, "text", new JsonObject { ["text"] = isCall ? $"@_user_1 {text}" : text });
        foreach (var (key, value) in more ?? [])
        {
            message["event"]!["message"]![key] = value!.DeepClone();
        }

        if (isCall)
        {
            message["event"]!["message"]!["mentions"] = new JsonArray(new JsonObject { ["key"] = "@_user_1", ["id"] = new JsonObject { ["open_id"] = BotId }, ["name"] = "Chela" });
        }

        return Tell(message);
    }

    /// <summary>An event of a message.</summary>
    public JsonObject Message(string chatType, string chat, string from, string type, JsonObject content) => new()
    {
        ["schema"] = "2.0",
        ["header"] = new JsonObject { ["event_id"] = $"ev_{Interlocked.Increment(ref _last)}", ["event_type"] = "im.message.receive_v1", ["token"] = VerificationToken, ["app_id"] = AppId },
        ["event"] = new JsonObject
        {
            ["sender"] = new JsonObject { ["sender_id"] = new JsonObject { ["open_id"] = from }, ["sender_type"] = "user" },
            ["message"] = new JsonObject
            {
                ["message_id"] = $"om_{Interlocked.Increment(ref _last)}",
                ["chat_id"] = chat,
                ["chat_type"] = chatType,
                ["message_type"] = type,
                ["create_time"] = "1700000000000",
                ["content"] = content.ToJsonString(),
            },
        },
    };

    /// <summary>Somebody presses a button of a message.</summary>
    public string Press(FeishuCall message, int button, string from = "ou_anna") => Tell(new JsonObject
    {
        ["schema"] = "2.0",
        ["header"] = new JsonObject { ["event_id"] = $"ev_{Interlocked.Increment(ref _last)}", ["event_type"] = "card.action.trigger", ["token"] = VerificationToken },
        ["event"] = new JsonObject
        {
            ["operator"] = new JsonObject { ["open_id"] = from },
            ["action"] = new JsonObject { ["tag"] = "button", ["value"] = message.Buttons[button]!["value"]!.DeepClone() },
            ["context"] = new JsonObject { ["open_message_id"] = "om_card", ["open_chat_id"] = message.Chat },
        },
    });

    /// <summary>Tells the app of an event on the long connection.</summary>
    /// <returns>The event, to tell it again.</returns>
    public string Tell(JsonObject json) => Tell(json.ToJsonString());

    public string Tell(string json)
    {
        _line.Tell($"f{Interlocked.Increment(ref _last)}", json);
        Change();
        return json;
    }

    /// <summary>Takes all tokens back.</summary>
    public void TakeTokensBack() => Interlocked.Increment(ref _lastToken);

    /// <summary>Waits until a condition is fulfilled.</summary>
    public async Task WhenAsync(Func<FakeFeishu, bool> holds)
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

    /// <summary>Waits until bots said something that holds these words; gives it.</summary>
    public async Task<FeishuCall> SaidAsync(string words)
    {
        await WhenAsync(fake => fake.Sent.Any(call => call.Text.Contains(words, StringComparison.Ordinal)));
        return Sent.First(call => call.Text.Contains(words, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _line.Cut();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private void Note(FeishuCall? call)
    {
        if (call is not null)
        {
            _calls.Enqueue(call);
        }

        Change();
    }

    private void Change() => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private async Task TakeAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            await _line.KeepAsync(context);
            return;
        }

        var path = context.Request.Path.Value!;
        var call = new FeishuCall(context.Request.Method, path + context.Request.QueryString, await ReadAsync(context.Request));
        var (status, code, reset) = Answer(call) ?? (call.Path.Contains("/users/ou_stranger?", StringComparison.Ordinal) ? (403, 41050, null) : IsLetIn(context, call) ? (200, 0, null) : (400, path.Contains("/auth/", StringComparison.Ordinal) ? 10014 : 99991663, null));
        _calls.Enqueue(call);
        if (status == NoAnswer.Status)
        {
            await NoAnswer.HoldAsync(context);
            return;
        }

        context.Response.StatusCode = status;
        if (reset is { } seconds)
        {
            context.Response.Headers["x-ogw-ratelimit-reset"] = seconds.ToString(provider: null);
        }

        if (code == 0 && path.Contains("/resources/", StringComparison.Ordinal))
        {
            await context.Response.Body.WriteAsync(Files[path], context.RequestAborted);
        }
        else
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync((code == 0 ? Result(call) : new JsonObject { ["code"] = code, ["msg"] = "no" }).ToJsonString(), context.RequestAborted);
        }

        Change();
    }

    /// <summary>What a call holds; the fields of a form too, and its file as a text.</summary>
    private static async Task<JsonElement> ReadAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
        {
            using var reader = new StreamReader(request.Body);
            return JsonElement.Parse(await reader.ReadToEndAsync(request.HttpContext.RequestAborted) is { Length: > 0 } json ? json : "{}");
        }

        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var fields = new JsonObject(form.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value.ToString())));
        foreach (var file in form.Files)
        {
            using var content = new StreamReader(file.OpenReadStream());
            fields[file.Name] = await content.ReadToEndAsync(request.HttpContext.RequestAborted);
        }

        return JsonElement.Parse(fields.ToJsonString());
    }

    private bool IsLetIn(HttpContext context, FeishuCall call) => call.Path switch
    {
        "/open-apis/auth/v3/tenant_access_token/internal" => call.Body.Text("app_id") == AppId && call.Body.Text("app_secret") == Secret,
        "/callback/ws/endpoint" => call.Body.Text("AppID") == AppId && call.Body.Text("AppSecret") == Secret,
        _ => context.Request.Headers.Authorization == $"Bearer t-{Volatile.Read(ref _lastToken)}",
    };

    private JsonObject Result(FeishuCall call)
    {
        var answer = new JsonObject { ["code"] = 0, ["msg"] = "ok" };
        if (call.Path.Contains("/auth/", StringComparison.Ordinal))
        {
            (answer["tenant_access_token"], answer["expire"]) = ($"t-{Volatile.Read(ref _lastToken)}", 7200);
        }
        else if (call.Path.Contains("/bot/", StringComparison.Ordinal))
        {
            answer["bot"] = new JsonObject { ["open_id"] = BotId, ["app_name"] = "Chela" };
        }
        else if (call.Path.Contains("/callback/", StringComparison.Ordinal))
        {
            answer["data"] = new JsonObject
            {
                ["URL"] = $"ws{Root["http".Length..]}/ws/v2?device_id=1&service_id=33554678&ticket=secret-ticket",
                ["ClientConfig"] = new JsonObject { ["ReconnectCount"] = -1, ["ReconnectInterval"] = 120, ["ReconnectNonce"] = 0, ["PingInterval"] = 90 },
            };
        }
        else
        {
            answer["data"] = call.Path.Contains("/contact/v3/users/", StringComparison.Ordinal) ? new JsonObject { ["user"] = new JsonObject { ["name"] = "Anna Smith" } }
                : call.Path.EndsWith("/im/v1/images", StringComparison.Ordinal) ? new JsonObject { ["image_key"] = "img_1" }
                : call.Path.EndsWith("/im/v1/files", StringComparison.Ordinal) ? new JsonObject { ["file_key"] = "file_1" }
                : call.Method == "POST" && call.Body.Text("msg_type") is not null ? new JsonObject { ["message_id"] = Send(call, call.Body.Text("uuid") ?? Guid.NewGuid().ToString()) }
                : [];
        }

        return answer;
    }

    private string Send(FeishuCall call, string uuid)
    {
        lock (_gate)
        {
            return _uuids.GetOrAdd(uuid, _ =>
            {
                Sent = [.. Sent, call];
                return $"om_{Interlocked.Increment(ref _last)}";
            });
        }
    }
}
