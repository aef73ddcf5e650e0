using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Support;

/// <summary>What the gateway posted to the program.</summary>
internal sealed record PostedReply(string Key, string RunId, string Chat, string Text, int Piece, int Pieces, bool IsSigned)
{
    public string? Kind { get; init; }

    public string? Thread { get; init; }
}

/// <summary>The program on the other side of the webhook channel: it sends signed messages, and remembers what is posted to it.</summary>
internal sealed class FakeWebhook : IAsyncDisposable
{
    public const string Account = "desk";
    public const string Secret = "a-secret-that-only-the-two-of-them-know";

    private readonly HttpClient _http = new();
    private readonly ConcurrentQueue<PostedReply> _posts = new();
    private readonly WebApplication _app;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FakeWebhook(WebApplication app) => _app = app;

    /// <summary>Decides the answer to a post; 200 without it.</summary>
    public Func<PostedReply, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public string Url { get; private set; } = "";

    /// <summary>Everything that was posted, again and again perhaps, in order.</summary>
    public IReadOnlyList<PostedReply> Posts => [.. _posts];

    public static async Task<FakeWebhook> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var fake = new FakeWebhook(app);
        app.Run(fake.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        fake.Url = app.Urls.Single() + "/answers";
        return fake;
    }

    /// <summary>A gateway in this folder that knows the program.</summary>
    /// <param name="more">What its configuration holds besides.</param>
    public GatewayStart StartIn(TempFolder folder, int textChunkLimit = 4_000, int debounceMs = 0, string more = "{}")
    {
        var start = new GatewayStart(folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        var account = new JsonObject { ["secret"] = Secret, ["url"] = Url, ["textChunkLimit"] = textChunkLimit };
        var config = JsonNode.Parse(more)!.AsObject();
        config["channels"] = new JsonObject { ["webhook"] = new JsonObject { [Account] = account } };
        config["messages"] = new JsonObject { ["inbound"] = new JsonObject { ["debounceMs"] = debounceMs } };
        File.WriteAllText(Path.Combine(start.StateDirectory!, "chela.json"), config.ToJsonString());
        return start;
    }

    public static string Body(string id, string text, string chat = "anna") =>
        new JsonObject { ["id"] = id, ["chat"] = chat, ["text"] = text }.ToJsonString();

    /// <summary>Sends a message as it should be sent.</summary>
    public Task<(int Status, JsonElement Answer)> SendAsync(GatewayProcess gateway, string id, string text, string chat = "anna") =>
        PostAsync(gateway, Body(id, text, chat));

    /// <summary>Posts a body, signed unless something else is given.</summary>
    public async Task<(int Status, JsonElement Answer)> PostAsync(
        GatewayProcess gateway, string body, string? signature = null, DateTimeOffset? at = null, string account = Account, string type = "application/json",
        string? traceParent = null)
    {
        var timestamp = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.HttpUrl, $"/webhook/{account}"));
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        request.Headers.ExpectContinue = body.Length > 1_000_000; // who is refused by the length alone need not send it
        request.Headers.Add("X-Chela-Timestamp", timestamp);
        request.Headers.Add("traceparent", traceParent is null ? [] : [traceParent]);
        request.Headers.Add("X-Chela-Signature", signature ?? Sign(timestamp, Encoding.UTF8.GetBytes(body)));
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(text.Length == 0 ? "{}" : text);
        return ((int)answer.StatusCode, document.RootElement.Clone());
    }

    /// <summary>Waits until so many posts have come.</summary>
    public Task CountAsync(int count) => WhenAsync(posts => posts.Count >= count);

    /// <summary>Waits until what was posted fulfils a condition.</summary>
    public async Task WhenAsync(Func<IReadOnlyList<PostedReply>, bool> holds)
    {
        using var patience = Patience.Begin();
        while (true)
        {
            var next = Volatile.Read(ref _next).Task;
            if (holds(Posts))
            {
                return;
            }

            await next.WaitAsync(patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private static string Sign(string timestamp, byte[] body) =>
        "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), (byte[])[.. Encoding.UTF8.GetBytes(timestamp + "."), .. body]));

    private async Task TakeAsync(HttpContext context)
    {
        using var stream = new MemoryStream();
        await context.Request.Body.CopyToAsync(stream, context.RequestAborted);
        var body = stream.ToArray();
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var headers = context.Request.Headers;
        var post = new PostedReply(
            headers["Idempotency-Key"].ToString(), root.Text("runId")!, root.Text("chat")!, root.Text("text")!,
            root.GetProperty("piece").GetInt32(), root.GetProperty("pieces").GetInt32(),
            headers["X-Chela-Signature"].ToString() == Sign(headers["X-Chela-Timestamp"].ToString(), body))
        {
            Kind = root.Text("kind"),
            Thread = root.Text("thread"),
        };
        _posts.Enqueue(post);
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        await Answer(post, context);
    }
}
