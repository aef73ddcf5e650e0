using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Support;

/// <summary>A server of this process that speaks chat completions and Responses, and messages as Anthropic does: it answers as told and remembers what it was asked.</summary>
internal sealed class FakeOpenAi : IAsyncDisposable
{
    private const int MostRequests = 1000;
    private const string EmbeddingsPath = "/v1/embeddings";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<FakeOpenAiReply> _replies = new();
    private readonly ConcurrentQueue<FakeOpenAiRequest> _requests = new();
    private readonly Channel<FakeOpenAiRequest> _arrivals = Channel.CreateBounded<FakeOpenAiRequest>(MostRequests);

    private int _listed;

    private FakeOpenAi(WebApplication app) => _app = app;

    /// <summary>Where it listens, without a path: <c>http://127.0.0.1:port</c>.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What belongs into OPENAI_BASE_URL.</summary>
    public string BaseUrl => Address + "/v1";

    /// <summary>Answers by what is asked, where no answer is queued: for conversations that go on at the same time.</summary>
    public Func<FakeOpenAiRequest, FakeOpenAiReply> Script { get; set; } = _ => FakeOpenAiReply.Text("Hello ", "from ", "the ", "fake.");

    /// <summary>The status for who asks for the list of models; the list is not told.</summary>
    public Func<Task<int>> List { get; set; } = () => Task.FromResult(StatusCodes.Status404NotFound);

    /// <summary>How often it was asked for that list.</summary>
    public int Listed => _listed;

    /// <summary>All requests so far, in order of arrival.</summary>
    public IReadOnlyList<FakeOpenAiRequest> Requests => [.. _requests];

    public static async Task<FakeOpenAi> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var fake = new FakeOpenAi(app);
        app.Run(fake.AnswerAsync);
        await app.StartAsync(ct);
        fake.Address = app.Urls.Single();
        return fake;
    }

    /// <summary>Makes the vector of a text, or refuses it with null; while it is null itself there are no embeddings.</summary>
    public Func<string, Task<float[]?>>? Embed { get; set; }

    /// <summary>The texts of the requests for vectors, in order of arrival.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Embedded =>
        [.. _requests.Where(request => request.Path == EmbeddingsPath).Select(request => (IReadOnlyList<string>)[.. request.Body.List("input").Select(text => text.GetString()!)])];

    /// <summary>Adds answers for the next requests. A request without one gets that of the script, which is a short friendly text.</summary>
    public void Enqueue(params FakeOpenAiReply[] replies)
    {
        foreach (var reply in replies)
        {
            _replies.Enqueue(reply);
        }
    }

    /// <summary>Waits for the next request that nobody has waited for yet.</summary>
    public async Task<FakeOpenAiRequest> NextRequestAsync(CancellationToken ct) => await _arrivals.Reader.ReadAsync(ct);

    public async ValueTask DisposeAsync()
    {
        // A reply that hangs must not hold up the end of a test.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Never unregistered: a reply that ends because of the abort would otherwise unregister before this is told of it.
        _ = context.RequestAborted.Register(() => aborted.TrySetResult());
        if (context.Request.Path == "/v1/models")
        {
            Interlocked.Increment(ref _listed);
            context.Response.StatusCode = await List();
            return;
        }

        using var document = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var request = new FakeOpenAiRequest(
            context.Request.Path.ToString(),
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            context.Connection.Id,
            document.RootElement.Clone(),
            aborted.Task);
        _requests.Enqueue(request);
        _arrivals.Writer.TryWrite(request);

        if (request.Path == EmbeddingsPath && Embed is { } embed)
        {
            var vectors = await Task.WhenAll(request.Body.List("input").Select(text => embed(text.GetString()!)));
            context.Response.StatusCode = vectors.Contains(null) ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
            await context.Response.WriteAsync(FakeOpenAiChunks.Vectors(vectors.OfType<float[]>()), context.RequestAborted);
            return;
        }

        if (request.Path is not ("/v1/chat/completions" or "/v1/responses" or "/v1/messages"))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var reply = _replies.TryDequeue(out var next) ? next : Script(request);
        await reply.WriteAsync(context, request);
    }
}
