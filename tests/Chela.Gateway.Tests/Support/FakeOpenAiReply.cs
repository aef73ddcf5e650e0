using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Tests.Support;

/// <summary>One scripted answer of the fake server.</summary>
internal sealed class FakeOpenAiReply
{
    private readonly Func<HttpContext, FakeOpenAiRequest, Task> _write;

    private FakeOpenAiReply(Func<HttpContext, FakeOpenAiRequest, Task> write) => _write = write;

    /// <summary>The same once the gate is open.</summary>
    public FakeOpenAiReply After(Task gate) => new(async (context, request) =>
    {
        await gate.WaitAsync(context.RequestAborted);
        await _write(context, request);
    });

    public Task WriteAsync(HttpContext context, FakeOpenAiRequest request) => _write(context, request);

    /// <summary>A complete answer as OpenAI gives it, streamed or whole as asked: role, deltas, finish reason, usage, end mark.</summary>
    public static FakeOpenAiReply Text(params string[] deltas) => Held(Task.CompletedTask, deltas);

    /// <summary>Like <see cref="Text"/>, but waits for the gate after the first delta.</summary>
    public static FakeOpenAiReply Held(Task gate, params string[] deltas) => new(async (context, request) =>
    {
        if (!request.Stream)
        {
            await gate.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync(FakeOpenAiChunks.Whole(string.Concat(deltas)), context.RequestAborted);
            return;
        }

        string[] before = [.. FakeOpenAiFormat.Begin(request), .. deltas.Take(1).Select(text => FakeOpenAiFormat.Delta(request, text))];
        string[] after =
        [
            .. deltas.Skip(1).Select(text => FakeOpenAiFormat.Delta(request, text)),
            .. FakeOpenAiFormat.End(request, "stop", deltas.Length),
        ];
        await WriteEventsAsync(context, before);
        await gate.WaitAsync(context.RequestAborted);
        await WriteEventsAsync(context, after);
    });

    /// <summary>A complete answer that calls tools; each call is named by its place: c0, c1, …</summary>
    public static FakeOpenAiReply Calls(params (string Name, string Arguments)[] calls) => new((context, request) => WriteEventsAsync(
        context,
        [
            .. FakeOpenAiFormat.Begin(request),
            .. calls.SelectMany((call, place) => FakeOpenAiFormat.Call(request, place, call.Name, call.Arguments)),
            .. FakeOpenAiFormat.End(request, "tool_calls", 3),
        ]));

    /// <summary>A stream of exactly these data lines that then ends without any ceremony.</summary>
    public static FakeOpenAiReply Events(params string[] data) => new((context, _) => WriteEventsAsync(context, data));

    /// <summary>Exactly this body, with status 200.</summary>
    public static FakeOpenAiReply Body(string text, string contentType = "text/event-stream") => new((context, _) =>
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(text, context.RequestAborted);
    });

    /// <summary>Some deltas, and then the connection is torn down.</summary>
    public static FakeOpenAiReply Cut(params string[] deltas) => new(async (context, request) =>
    {
        await WriteEventsAsync(context, [.. FakeOpenAiFormat.Begin(request), .. deltas.Select(text => FakeOpenAiFormat.Delta(request, text))]);
        context.Abort();
    });

    /// <summary>Accepts the request and never answers.</summary>
    public static FakeOpenAiReply Silence() => new((_, request) => request.Aborted);

    /// <summary>A failure with an error body as OpenAI writes it.</summary>
    public static FakeOpenAiReply Failure(int status, string code, string message, string? retryAfter = null)
    {
        var error = new JsonObject { ["message"] = message, ["type"] = "error", ["code"] = code };
        return FailureBody(status, new JsonObject { ["error"] = error }.ToJsonString(), retryAfter);
    }

    /// <summary>A failure with exactly this body.</summary>
    public static FakeOpenAiReply FailureBody(int status, string body, string? retryAfter = null) => new((context, _) =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return context.Response.WriteAsync(body, context.RequestAborted);
    });

    private static async Task WriteEventsAsync(HttpContext context, IEnumerable<string> data)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream";
        }

        foreach (var line in data)
        {
            await context.Response.WriteAsync($"data: {line}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
