using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chela.Bench;

/// <summary>
/// The Bot API of Telegram as far as the gateway uses it. Bots under <c>/good</c> have people who write; those under <c>/cut</c>, <c>/hang</c>,
/// <c>/flood</c> and <c>/garbage</c> fail as these words say.
/// </summary>
internal sealed class BotApi : IAsyncDisposable
{
    private const int Flood = 100;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Bot> _bots = new();
    private long _lastUpdate;

    private BotApi(WebApplication app) => _app = app;

    /// <summary>Ways in which an account can fail.</summary>
    public static IReadOnlyList<string> Failures { get; } = ["cut", "hang", "flood", "garbage"];

    public string Root { get; private set; } = "";

    public static async Task<BotApi> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var api = new BotApi(app);
        app.Run(api.TakeAsync);
        await app.StartAsync();
        api.Root = app.Urls.Single();
        return api;
    }

    /// <summary>A person writes to a bot; returns how long the answer took, in ticks of the stopwatch.</summary>
    public async Task<long> AskAsync(string token, string text)
    {
        var bot = BotOf(token);
        var began = Stopwatch.GetTimestamp();
        await bot.Said.Writer.WriteAsync(text);
        while (!(await bot.Answers.Reader.ReadAsync().AsTask().WaitAsync(AnswerLimit)).Contains(text, StringComparison.Ordinal))
        {
        }

        return Stopwatch.GetTimestamp() - began;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private Bot BotOf(string token) => _bots.GetOrAdd(token, _ => new Bot());

    private async Task TakeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Split('/');
        var (kind, bot, method) = (path[1], BotOf(path[2]["bot".Length..]), path[3]);
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        switch (kind)
        {
            case "cut" when method == "getUpdates":
                context.Abort();
                return;
            case "hang" when method == "getUpdates":
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
        }

        var result = method switch
        {
            "getMe" => """{"id":7,"is_bot":true,"first_name":"Bench","username":"bench_bot"}""",
            "getUpdates" when kind == "flood" => $"[{string.Join(',', Enumerable.Range(0, Flood).Select(_ => Update($"flood {Guid.NewGuid()}", 8)))}]",
            "getUpdates" when kind == "garbage" => """[{"update_id":"one"},{"message":7},[],"nothing"]""",
            "getUpdates" => $"[{Update(await bot.Said.Reader.ReadAsync(context.RequestAborted), 42)}]",
            "sendMessage" => Answer(bot, body.RootElement.GetProperty("text").GetString()!),
            _ => "true",
        };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"ok":true,"result":{{result}}}""", context.RequestAborted);
    }

    private static string Answer(Bot bot, string text)
    {
        bot.Answers.Writer.TryWrite(text);
        return """{"message_id":1,"date":1,"chat":{"id":42,"type":"private"}}""";
    }

    private string Update(string text, int from)
    {
        var id = Interlocked.Increment(ref _lastUpdate);
        return $$$"""{"update_id":{{{id}}},"message":{"message_id":{{{id}}},"date":1,"chat":{"id":{{{from}}},"type":"private"},"from":{"id":{{{from}}},"is_bot":false},"text":"{{{text}}}"}}""";
    }

    /// <summary>What a bot is told, and what it said.</summary>
    private sealed record Bot
    {
        public Channel<string> Said { get; } = Channel.CreateBounded<string>(10);

        public Channel<string> Answers { get; } = Channel.CreateBounded<string>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest });
    }
}
