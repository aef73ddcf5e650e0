using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Channels.Telegram;

/// <summary>The Bot API (https://core.telegram.org/bots/api) as far as the gateway uses it, on a real socket: updates stay until they are confirmed.</summary>
internal sealed class FakeTelegram : IAsyncDisposable
{
    public const string Token = "7000000001:AAE-a_token_that_only_the_bot_knows_here";
    public const string BotName = "chela_bot";
    public const long BotId = 7_000_000_001;

    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<JsonObject> _updates = [];
    private readonly ConcurrentQueue<BotCall> _calls = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isCut;
    private long _lastUpdate = 100;
    private long _lastMessage = 500;

    private FakeTelegram(WebApplication app) => _app = app;

    public string Root { get; private set; } = "";

    /// <summary>Answers a call in place of the fake; null leaves it to the fake.</summary>
    public Func<BotCall, (int Status, string Body)?> Answer { get; set; } = _ => null;

    /// <summary>The files that bots can fetch, by path.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    public IReadOnlyList<BotCall> Calls => [.. _calls];

    /// <summary>How many updates no bot has confirmed yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _updates.Count;
            }
        }
    }

    /// <summary>What bots said, in order.</summary>
    public IReadOnlyList<BotCall> Sent => [.. _calls.Where(call => call.Method == "sendMessage")];

    public static async Task<FakeTelegram> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var fake = new FakeTelegram(app);
        app.Run(fake.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        fake.Root = app.Urls.Single();
        return fake;
    }

    /// <summary>A gateway in this folder that has the bot.</summary>
    /// <param name="account">What its account holds besides.</param>
    /// <param name="more">What its configuration holds besides.</param>
    public GatewayStart StartIn(TempFolder folder, string account = """{ "allowFrom": ["42"] }""", string more = "{}")
    {
        var start = new GatewayStart(folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        Configure(start, account, more);
        return start;
    }

    /// <summary>Writes the configuration of such a gateway.</summary>
    public void Configure(GatewayStart start, string account, string more = "{}")
    {
        var settings = JsonNode.Parse(account)!.AsObject();
        settings["botToken"] ??= Token;
        settings["apiRoot"] = Root;
        var config = JsonNode.Parse(more)!.AsObject();
        config["channels"] = new JsonObject { ["telegram"] = new JsonObject { ["default"] = settings } };
        File.WriteAllText(Path.Combine(start.StateDirectory!, "chela.json"), config.ToJsonString());
    }

    /// <summary>A person writes to the bot in private.</summary>
    public JsonObject Say(string text, long from = 42) => Say(new JsonObject { ["text"] = text }, new JsonObject { ["id"] = from, ["type"] = "private" }, from);

    /// <summary>A person writes in a group.</summary>
    public JsonObject SayIn(long group, string text, long from = 42, JsonObject? more = null)
    {
        var message = more ?? [];
        message["text"] = text;
        if (text.IndexOf('@', StringComparison.Ordinal) is var at and >= 0)
        {
            var length = text[at..].Split(' ')[0].Length;
            message["entities"] = new JsonArray(new JsonObject { ["type"] = "mention", ["offset"] = at, ["length"] = length });
        }

        return Say(message, new JsonObject { ["id"] = group, ["type"] = "supergroup", ["title"] = "Us" }, from);
    }

    /// <summary>Tells bots of a message.</summary>
    public JsonObject Say(JsonObject message, JsonObject chat, long from)
    {
        message["message_id"] = Interlocked.Increment(ref _lastMessage);
        message["date"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        message["chat"] = chat;
        message["from"] = new JsonObject { ["id"] = from, ["is_bot"] = false, ["first_name"] = "Anna", ["last_name"] = "Smith" };
        return Tell(new JsonObject { ["update_id"] = Interlocked.Increment(ref _lastUpdate), ["message"] = message });
    }

    /// <summary>A person presses a button under a message of the bot in private.</summary>
    public JsonObject Press(string data, long from = 42) => Tell(new JsonObject
    {
        ["update_id"] = Interlocked.Increment(ref _lastUpdate),
        ["callback_query"] = new JsonObject
        {
            ["id"] = $"press-{_lastUpdate}",
            ["from"] = new JsonObject { ["id"] = from, ["is_bot"] = false, ["first_name"] = "Anna" },
            ["message"] = new JsonObject { ["message_id"] = 1, ["date"] = 0, ["chat"] = new JsonObject { ["id"] = from, ["type"] = "private" } },
            ["data"] = data,
        },
    });

    /// <summary>Tells bots of an update as it is.</summary>
    private JsonObject Tell(JsonObject update)
    {
        lock (_gate)
        {
            _updates.Add(update.DeepClone().AsObject());
        }

        Change();
        return update;
    }

    /// <summary>Tells of the same message under another number, as after a confirmation that was lost.</summary>
    public JsonObject TellAgain(JsonObject update)
    {
        update["update_id"] = Interlocked.Increment(ref _lastUpdate);
        return Tell(update);
    }

    /// <summary>Cuts off whoever waits for updates, or asks for them next.</summary>
    public void Cut()
    {
        Volatile.Write(ref _isCut, true);
        Change();
    }

    /// <summary>Waits until the calls fulfil a condition.</summary>
    public async Task WhenAsync(Func<FakeTelegram, bool> holds)
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

    /// <summary>Waits until bots said so much.</summary>
    public Task SentAsync(int count) => WhenAsync(fake => fake.Sent.Count >= count);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private void Change() => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private async Task TakeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.StartsWith($"/file/bot{Token}/", StringComparison.Ordinal))
        {
            await context.Response.Body.WriteAsync(Files[path[$"/file/bot{Token}/".Length..]], context.RequestAborted);
            return;
        }

        var call = new BotCall(path.Split('/')[^1], await ParametersAsync(context.Request));
        var isBot = path.StartsWith($"/bot{Token}/", StringComparison.Ordinal);
        var (status, body) = !isBot ? Refusal(401, "Unauthorized") : Answer(call) ?? (200, new JsonObject { ["ok"] = true, ["result"] = await ResultAsync(call, context) }.ToJsonString());
        if (call.Method != "getUpdates")
        {
            _calls.Enqueue(call);
            Change();
        }

        if (status == NoAnswer.Status)
        {
            await NoAnswer.HoldAsync(context);
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>JSON, or the fields of a form; a file stands there by its name, type and text, in the field that is the file or says which part is.</summary>
    private static async Task<JsonElement> ParametersAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
        {
            using var document = await JsonDocument.ParseAsync(request.Body);
            return document.RootElement.Clone();
        }

        var form = await request.ReadFormAsync();
        var fields = new JsonObject();
        foreach (var (name, value) in form)
        {
            fields[name] = value.ToString();
        }

        foreach (var file in form.Files)
        {
            using var content = new StreamReader(file.OpenReadStream());
            var field = form.FirstOrDefault(field => field.Value == $"attach://{file.Name}").Key ?? file.Name;
            fields[field] = $"{file.FileName} {file.ContentType} {await content.ReadToEndAsync()}";
        }

        return JsonSerializer.SerializeToElement(fields);
    }

    public static (int Status, string Body) Refusal(int code, string description, int? retryAfter = null)
    {
        var body = new JsonObject { ["ok"] = false, ["error_code"] = code, ["description"] = description };
        if (retryAfter is { } wait)
        {
            body["parameters"] = new JsonObject { ["retry_after"] = wait };
        }

        return (code, body.ToJsonString());
    }

    private async Task<JsonNode> ResultAsync(BotCall call, HttpContext context) => call.Method switch
    {
        "getMe" => BotCall.Bot,
        "getUpdates" => await UpdatesAsync(call, context),
        "sendMessage" or "sendDocument" or "sendPhoto" => call.AsMessage(Interlocked.Increment(ref _lastMessage)),
        "editMessageText" => call.AsMessage(long.Parse(call.Parameters.Text("message_id")!, CultureInfo.InvariantCulture)),
        "getFile" => new JsonObject { ["file_id"] = call.Parameters.Text("file_id"), ["file_unique_id"] = "1", ["file_path"] = $"documents/{call.Parameters.Text("file_id")}" },
        _ => true,
    };

    private async Task<JsonArray> UpdatesAsync(BotCall call, HttpContext context)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(TimeSpan.FromSeconds(call.Parameters.TryGetProperty("timeout", out var timeout) ? timeout.GetInt32() : 0));
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (Interlocked.Exchange(ref _isCut, false))
            {
                context.Abort();
                return [];
            }

            lock (_gate)
            {
                var offset = call.Parameters.TryGetProperty("offset", out var from) ? from.GetInt64() : 0;
                _updates.RemoveAll(update => long.Parse(update["update_id"]!.ToString(), CultureInfo.InvariantCulture) < offset);
                if (_updates.Count > 0 || limit.IsCancellationRequested)
                {
                    return [.. _updates.Select(update => update.DeepClone())];
                }
            }

            await changed.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
