using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Channels.WhatsApp;

/// <summary>The Cloud API of WhatsApp as far as the gateway uses it, on a real socket; and Meta, which posts.</summary>
internal sealed class FakeWhatsApp : IAsyncDisposable
{
    public const string Number = "106540352242922";
    public const string AccessToken = "EAAG-a-token-that-only-the-number-knows";
    public const string AppSecret = "an-app-secret-of-thirty-letters";
    public const string VerifyToken = "a-verify-token-of-thirty-letters";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<JsonElement> _sent = new();
    private int _lastId;

    private FakeWhatsApp(WebApplication app) => _app = app;

    public string Root { get; private set; } = "";

    /// <summary>The files that can be fetched, by id.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    /// <summary>Answers a message in place of the fake; null leaves it to the fake.</summary>
    public Func<JsonElement, (int Status, string Body)?> Answer { get; set; } = _ => null;

    /// <summary>Whether the token is good.</summary>
    public bool KnowsToken { get; set; } = true;

    /// <summary>All that was posted to the number, in order; files by <c>upload</c>.</summary>
    public IReadOnlyList<JsonElement> Sent => [.. _sent];

    /// <summary>The texts, in order.</summary>
    public IReadOnlyList<string?> Texts => [.. _sent.Where(message => message.Text("type") == "text").Select(message => message.Text("text/body"))];

    public static async Task<FakeWhatsApp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var fake = new FakeWhatsApp(app);
        app.Run(fake.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        fake.Root = app.Urls.Single();
        return fake;
    }

    /// <summary>A gateway in this folder that has the number.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="account">What its account holds besides.</param>
    /// <param name="more">What its configuration holds besides.</param>
    public GatewayStart StartIn(TempFolder folder, string account = """{ "allowFrom": ["15550001"] }""", string more = "{}")
    {
        var start = new GatewayStart(folder.Path);
        Directory.CreateDirectory(start.StateDirectory!);
        var settings = Account(JsonNode.Parse(account)!.AsObject());
        var config = JsonNode.Parse(more)!.AsObject();
        config["channels"] = new JsonObject { ["whatsapp"] = new JsonObject { ["default"] = settings } };
        File.WriteAllText(Path.Combine(start.StateDirectory!, "chela.json"), config.ToJsonString());
        return start;
    }

    /// <summary>The account of the number, with these settings besides.</summary>
    public JsonObject Account(JsonObject settings)
    {
        (settings["accessToken"], settings["phoneNumberId"], settings["appSecret"], settings["verifyToken"]) = (AccessToken, Number, AppSecret, VerifyToken);
        settings["apiRoot"] = Root;
        return settings;
    }

    /// <summary>What Meta posts when a person says something (cloud-api/webhooks/payload-examples).</summary>
    public static string PostOf(JsonObject message, string number = Number) => new JsonObject
    {
        ["object"] = "whatsapp_business_account",
        ["entry"] = new JsonArray(new JsonObject
        {
            ["id"] = "102290129340398",
            ["changes"] = new JsonArray(new JsonObject
            {
                ["field"] = "messages",
                ["value"] = new JsonObject
                {
                    ["messaging_product"] = "whatsapp",
                    ["metadata"] = new JsonObject { ["display_phone_number"] = "15550783881", ["phone_number_id"] = number },
                    ["contacts"] = new JsonArray(new JsonObject { ["profile"] = new JsonObject { ["name"] = "Anna" }, ["wa_id"] = message["from"]!.ToString() }),
                    ["messages"] = new JsonArray(message),
                },
            }),
        }),
    }.ToJsonString();

    public static JsonObject TextOf(string text, string id, string from = "15550001") => new()
    {
        ["from"] = from,
        ["id"] = id,
        ["timestamp"] = "1749416383",
        ["type"] = "text",
        ["text"] = new JsonObject { ["body"] = text },
    };

    /// <summary>Posts to the gateway, signed.</summary>
    public static async Task<HttpStatusCode> PostAsync(GatewayProcess gateway, string body, string? signature = null, string account = "default")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.HttpUrl, $"/channels/whatsapp/{account}"));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.ExpectContinue = body.Length > 1_000_000; // who is refused by the length alone need not send it, and may find the connection closed
        request.Headers.Add("X-Hub-Signature-256", signature ?? $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(AppSecret), Encoding.UTF8.GetBytes(body)))}");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    public Task WhenAsync(Func<FakeWhatsApp, bool> holds, string what) => Patience.UntilAsync(_ => Task.FromResult(holds(this)), what);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimStart('/');
        var (status, body) = context.Request.Headers.Authorization != $"Bearer {AccessToken}" || !KnowsToken
            ? (401, """{"error":{"message":"Invalid OAuth access token","type":"OAuthException","code":190}}""")
            : await ResultAsync(context, path);
        if (status == NoAnswer.Status)
        {
            await NoAnswer.HoldAsync(context);
            return;
        }

        context.Response.StatusCode = status;
        await context.Response.Body.WriteAsync(body is string text ? Encoding.UTF8.GetBytes(text) : (byte[])body, context.RequestAborted);
    }

    private async Task<(int Status, object Body)> ResultAsync(HttpContext context, string path)
    {
        if (path == Number)
        {
            return (200, """{"display_phone_number":"+1 555 078 3881","verified_name":"Chela","id":"106540352242922"}""");
        }

        if (path == $"{Number}/media")
        {
            var form = await context.Request.ReadFormAsync();
            using var content = new StreamReader(form.Files[0].OpenReadStream());
            _sent.Enqueue(JsonSerializer.SerializeToElement(new JsonObject { ["upload"] = $"{form.Files[0].FileName} {form["type"]} {await content.ReadToEndAsync()}" }));
            return (200, """{"id":"media-of-the-bot"}""");
        }

        if (path == $"{Number}/messages")
        {
            using var document = await JsonDocument.ParseAsync(context.Request.Body);
            var message = document.RootElement.Clone();
            var answer = Answer(message);
            _sent.Enqueue(message);
            return answer is { } given ? given : (200, $$"""{"messaging_product":"whatsapp","messages":[{"id":"wamid.bot.{{Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture)}}"}]}""");
        }

        return path.StartsWith("files/", StringComparison.Ordinal) && Files.TryGetValue(path["files/".Length..], out var file) ? (200, file)
            : Files.ContainsKey(path) ? (200, new JsonObject { ["url"] = $"{Root}/files/{path}", ["mime_type"] = "text/plain", ["id"] = path }.ToJsonString())
            : (200, """{"url":"http://elsewhere.example/file"}""");
    }
}
