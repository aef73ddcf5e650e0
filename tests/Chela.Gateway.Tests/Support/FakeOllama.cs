using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Support;

/// <summary>A server of this process that lists models as Ollama does (<c>GET /api/tags</c>), or answers whatever it is told to.</summary>
internal sealed class FakeOllama : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;

    private FakeOllama(WebApplication app) => _app = app;

    /// <summary>Where it listens, without a path.</summary>
    public string Address { get; private set; } = "";

    /// <summary>How often it was asked.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The credential of the last request.</summary>
    public string? Authorization { get; private set; }

    /// <summary>Completes with the first request.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Status and body of its answers.</summary>
    public (int Status, string Body) Answer { get; set; } = (StatusCodes.Status200OK, Tags("llama3.2:latest", "qwen3:8b"));

    /// <summary>Ends before it answers.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public static async Task<FakeOllama> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var fake = new FakeOllama(app);
        app.Run(fake.AnswerAsync);
        await app.StartAsync(ct);
        fake.Address = app.Urls.Single();
        return fake;
    }

    /// <summary>The list as Ollama documents it.</summary>
    public static string Tags(params IEnumerable<string> names) => $$"""{"models":[{{string.Join(',', names.Select(Tag))}}]}""";

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static string Tag(string name) => $$"""
        {
          "name": "{{name}}", "model": "{{name}}", "modified_at": "2025-10-03T23:34:03.409490317-07:00", "size": 3338801804,
          "digest": "a2af6cc3eb7fa8be8504abaf9b04e88f17a119ec3f04a3addf55f92841195f5a",
          "details": {
            "parent_model": "", "format": "gguf", "family": "llama", "families": ["llama"], "parameter_size": "4.3B", "quantization_level": "Q4_K_M"
          }
        }
        """;

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        Authorization = context.Request.Headers.Authorization;
        _asked.TrySetResult();
        await Gate.WaitAsync(context.RequestAborted);
        var isKnown = context.Request.Method == HttpMethods.Get && context.Request.Path == "/api/tags";
        context.Response.StatusCode = isKnown ? Answer.Status : StatusCodes.Status404NotFound;
        await context.Response.WriteAsync(isKnown ? Answer.Body : "404 page not found", context.RequestAborted);
    }
}
