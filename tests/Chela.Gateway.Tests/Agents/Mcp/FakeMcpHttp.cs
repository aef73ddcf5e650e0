using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Agents.Mcp;

/// <summary>A server that speaks streamable HTTP in this process, with one tool that answers and one that never stops.</summary>
internal sealed class FakeMcpHttp : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _authorizations = new();
    private readonly WebApplication _app;
    private volatile string _session = "";

    private FakeMcpHttp(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single() + "/mcp";

    /// <summary>The <c>Authorization</c> of each request.</summary>
    public IReadOnlyCollection<string> Authorizations => _authorizations;

    public static async Task<FakeMcpHttp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var fake = new FakeMcpHttp(app);
        app.Run(fake.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    /// <summary>Forgets its client, as a server does that was started anew.</summary>
    public void Forget() => _session = "forgotten";

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        _authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        if (context.Request.Method != HttpMethods.Post)
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var call = (await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted)).RootElement;
        var method = call.GetProperty("method").GetString();
        if (method == "initialize")
        {
            _session = Guid.NewGuid().ToString();
            context.Response.Headers["Mcp-Session-Id"] = _session;
        }
        else if (context.Request.Headers["Mcp-Session-Id"].ToString() is { Length: > 0 } session && session != _session)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await AnswerAsync(context, call, method!);
    }

    private static Task AnswerAsync(HttpContext context, JsonElement call, string method)
    {
        if (!call.TryGetProperty("id", out var id))
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        }

        var result = method switch
        {
            "initialize" => """{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"fake","version":"1"}}""",
            "tools/list" => """{"tools":[{"name":"greet","inputSchema":{"type":"object"}},{"name":"flood","inputSchema":{"type":"object"}}]}""",
            "tools/call" => """{"content":[{"type":"text","text":"Hello."}]}""",
            _ => null,
        };
        if (method == "tools/call" && call.GetProperty("params").GetProperty("name").GetString() == "flood")
        {
            return FloodAsync(context);
        }

        context.Response.ContentType = "application/json";
        var rest = result is null ? "\"error\":{\"code\":-32601,\"message\":\"no such method\"}" : $"\"result\":{result}";
        return context.Response.WriteAsync($$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},{{rest}}}""", context.RequestAborted);
    }

    private static async Task FloodAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        var line = $"data: {new string('x', 10_000)}\n";
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.WriteAsync(line, context.RequestAborted);
        }
    }
}
