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

namespace Chela.Gateway.Tests.Channels.Discord;

/// <summary>A call of the API of Discord.</summary>
internal sealed record DiscordCall(string Method, string Path, JsonElement Body)
{
    public string? Text => Body.Text("content");

    /// <summary>True where it says something in that channel.</summary>
    public bool IsIn(string channel) => Method == "POST" && Path == $"/channels/{channel}/messages";
}

/// <summary>Discord (https://docs.discord.com/developers) as far as the gateway uses it, on a real socket: its API, and its gateway.</summary>
internal sealed class FakeDiscord : IAsyncDisposable
{
    public const string Token = "a-token-of-the-bot.that-nobody-else.knows-at-all";
    public const string BlindToken = "a-token-of-a-bot.that-may-not-read.what-people-write";
    public const string BotId = "1100000000000000001";
    public const string Guild = "1100000000000000900";
    public const string General = "1100000000000000910";
    public const string Thread = "1100000000000000950";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<DiscordCall> _calls = new();
    private readonly ConcurrentDictionary<string, string> _nonces = new();
    private long _last = 1_400_000_000_000_000_000;

    private FakeDiscord(WebApplication app) => _app = app;

    public FakeDiscordGateway Gateway { get; } = new()
    {
        Token = Token,
        BlindToken = BlindToken,
        Bot = new JsonObject { ["id"] = BotId, ["username"] = "chela", ["bot"] = true },
        Guilds =
        [
            new JsonObject { ["id"] = Guild, ["threads"] = new JsonArray(new JsonObject { ["id"] = Thread, ["type"] = 11, ["parent_id"] = General }) },
        ],
    };

    public string Root { get; private set; } = "";

    /// <summary>Answers a call in place of the fake; null leaves it to the fake.</summary>
    public Func<DiscordCall, HttpContext, (int Status, string Body)?> Answer { get; set; } = (_, _) => null;

    /// <summary>The files that are given out, by path.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    public IReadOnlyList<DiscordCall> Calls => [.. _calls];

    /// <summary>How many messages there are, however often they were sent.</summary>
    public int Messages => _nonces.Count;

    public static async Task<FakeDiscord> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var fake = new FakeDiscord(app);
        app.UseWebSockets();
        app.Run(fake.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        fake.Root = app.Urls.Single();
        fake.Gateway.Url = fake.Root.Replace("http://", "ws://", StringComparison.Ordinal);
        return fake;
    }

    /// <summary>What bots said in a channel, in order.</summary>
    public IReadOnlyList<DiscordCall> SentTo(string channel) => [.. _calls.Where(call => call.IsIn(channel))];

    /// <summary>Waits until bots said so much in a channel.</summary>
    public Task SentAsync(string channel, int count) => WhenAsync(() => SentTo(channel).Count >= count);

    /// <summary>Waits until what happened fulfils a condition.</summary>
    public async Task WhenAsync(Func<bool> holds)
    {
        try
        {
            await Gateway.WhenAsync(holds);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"waited in vain; these calls came:\n{string.Join('\n', _calls)}");
        }
    }

    /// <summary>An account of this bot in the configuration.</summary>
    /// <param name="account">What it holds besides.</param>
    public JsonObject Account(string account)
    {
        var settings = JsonNode.Parse(account)!.AsObject();
        settings["token"] ??= Token;
        settings["apiRoot"] = $"{Root}/api/v10";
        return settings;
    }

    /// <summary>A person writes to the bot in private; the channel has the number of the person.</summary>
    public JsonObject Say(string text, string from = "42", JsonObject? more = null) => Say(more ?? [], $"7{from}", null, text, from);

    /// <summary>A person writes in a server.</summary>
    public JsonObject SayIn(string channel, string text, string from = "42", JsonObject? more = null, string guild = Guild) => Say(more ?? [], channel, guild, text, from);

    /// <summary>A person uses a command.</summary>
    public JsonObject Command(string name, string channel, string from = "42", string? guild = null) =>
        Interact(2, new JsonObject { ["id"] = "1", ["type"] = 1, ["name"] = name }, channel, from, guild);

    /// <summary>A person presses a button under a message in private.</summary>
    public JsonObject Press(string id, string from = "42") => Interact(3, new JsonObject { ["custom_id"] = id, ["component_type"] = 2 }, $"7{from}", from, null);

    private JsonObject Interact(int type, JsonObject data, string channel, string from, string? guild)
    {
        var person = Person(from);
        var interaction = new JsonObject
        {
            ["id"] = NewId(),
            ["application_id"] = BotId,
            ["type"] = type,
            ["token"] = $"token-of-{from}-{_last}",
            ["channel_id"] = channel,
            ["data"] = data,
        };
        interaction[guild is null ? "user" : "member"] = guild is null ? person : new JsonObject { ["user"] = person, ["roles"] = new JsonArray() };
        interaction["guild_id"] = guild;
        Gateway.Tell("INTERACTION_CREATE", interaction.DeepClone().AsObject());
        return interaction;
    }

    public static (int Status, string Body) Refusal(int status, string message, double? retryAfter = null, int code = 0)
    {
        var body = new JsonObject { ["message"] = message, ["code"] = code };
        if (retryAfter is { } wait)
        {
            body["retry_after"] = wait;
            body["global"] = false;
        }

        return (status, body.ToJsonString());
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private JsonObject Say(JsonObject message, string channel, string? guild, string text, string from)
    {
        message["id"] = NewId();
        message["channel_id"] = channel;
        message["guild_id"] = guild;
        message["type"] ??= 0;
        message["content"] = text;
        message["author"] = Person(from);
        message["member"] = guild is null ? null : new JsonObject { ["nick"] = "Anna S.", ["roles"] = new JsonArray("55") };
        message["mentions"] = text.Contains($"<@{BotId}>", StringComparison.Ordinal) ? new JsonArray(Gateway.Bot.DeepClone()) : new JsonArray();
        Gateway.Tell("MESSAGE_CREATE", message.DeepClone().AsObject());
        return message;
    }

    private static JsonObject Person(string id) => new() { ["id"] = id, ["username"] = "anna", ["global_name"] = "Anna Smith" };

    private string NewId() => Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);

    private async Task TakeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (context.WebSockets.IsWebSocketRequest)
        {
            await Gateway.ServeAsync(await context.WebSockets.AcceptWebSocketAsync(), context.RequestAborted);
        }
        else if (path.StartsWith("/files/", StringComparison.Ordinal))
        {
            await context.Response.Body.WriteAsync(Files.GetValueOrDefault(path) ?? [], context.RequestAborted);
        }
        else
        {
            await AnswerAsync(context, path["/api/v10".Length..]);
        }
    }

    private async Task AnswerAsync(HttpContext context, string path)
    {
        var body = await BodyAsync(context.Request, context.RequestAborted);
        var call = new DiscordCall(context.Request.Method, path, JsonElement.Parse(body.Length == 0 ? "{}" : body));
        var isBot = context.Request.Headers.Authorization == $"Bot {Token}" || context.Request.Headers.Authorization == $"Bot {BlindToken}";
        var (status, answer) = !isBot ? Refusal(401, "401: Unauthorized") : Answer(call, context) ?? Result(call);
        _calls.Enqueue(call);
        Gateway.Change();
        if (status == NoAnswer.Status)
        {
            await NoAnswer.HoldAsync(context);
            return;
        }

        context.Response.StatusCode = status;
        if (status != StatusCodes.Status204NoContent)
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(answer, context.RequestAborted);
        }
    }

    /// <summary>The body; that with files is the message with them in it.</summary>
    private static async Task<string> BodyAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasFormContentType)
        {
            using var reader = new StreamReader(request.Body);
            return await reader.ReadToEndAsync(ct);
        }

        var form = await request.ReadFormAsync(ct);
        var message = JsonNode.Parse(form["payload_json"].ToString())!.AsObject();
        foreach (var file in form.Files)
        {
            using var content = new StreamReader(file.OpenReadStream());
            message[file.Name] = $"{file.FileName} {file.ContentType} {await content.ReadToEndAsync(ct)}";
        }

        return message.ToJsonString();
    }

    private (int Status, string Body) Result(DiscordCall call) => (call.Method, call.Path) switch
    {
        ("GET", "/users/@me") => (200, Gateway.Bot.ToJsonString()),
        ("GET", "/gateway/bot") => (200, $$"""{"url":"{{Gateway.Url}}","shards":1,"session_start_limit":{"total":1000,"remaining":999,"reset_after":1000,"max_concurrency":1} }"""),
        ("PUT", _) => (200, call.Body.GetRawText()),
        ("POST", var path) when path.EndsWith("/messages", StringComparison.Ordinal) => (200, Said(call, _nonces.GetOrAdd(call.Body.Text("nonce") ?? NewId(), _ => NewId()))),
        ("PATCH", var path) => (200, Said(call, path.Split('/')[^1] is var id && id != "@original" ? id : NewId())),
        _ => (204, "{}"),
    };

    /// <summary>A message of the bot, as it stands in its channel.</summary>
    private string Said(DiscordCall call, string id) =>
        new JsonObject { ["id"] = id, ["channel_id"] = call.Path.Split('/')[2], ["author"] = Gateway.Bot.DeepClone(), ["content"] = call.Text, ["type"] = 0 }.ToJsonString();
}
