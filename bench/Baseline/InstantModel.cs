using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Baseline;

/// <summary>
/// A model that answers at once: <c>POST /N/v1/chat/completions</c> streams N tokens as OpenAI does, each in a write of its own. It reads the
/// question and does not look at it.
/// </summary>
internal static class InstantModel
{
    private static readonly byte[] Role = Chunk("""{"role":"assistant","content":""}""", "null");
    private static readonly byte[] Token = Chunk("""{"content":"word "}""", "null");
    private static readonly byte[] Finish = Chunk("{}", "\"stop\"");

    /// <summary>Whether a request is for it.</summary>
    public static bool IsAsked(HttpRequest request) => request.Path.Value!.EndsWith("/chat/completions", StringComparison.Ordinal);

    /// <summary>Answers.</summary>
    public static async Task AnswerAsync(HttpContext context)
    {
        var tokens = int.Parse(context.Request.Path.Value!.Split('/')[1], CultureInfo.InvariantCulture);
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.ContentType = "text/event-stream";
        await WriteAsync(context, Role);
        for (var said = 0; said < tokens; said++)
        {
            await WriteAsync(context, Token);
        }

        await WriteAsync(context, Finish);
        await WriteAsync(context, Usage(tokens));
        await WriteAsync(context, "data: [DONE]\n\n"u8.ToArray());
    }

    private static async Task WriteAsync(HttpContext context, byte[] data)
    {
        await context.Response.Body.WriteAsync(data, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static byte[] Chunk(string delta, string finish) => Event($$"""[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}],"usage":null""");

    private static byte[] Usage(int tokens) =>
        Event($$"""[],"usage":{"prompt_tokens":1,"completion_tokens":{{tokens}},"total_tokens":{{tokens + 1}}}""");

    private static byte[] Event(string choices) => Encoding.ASCII.GetBytes(
        $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1750000000,"model":"instant","choices":{{choices}}}""" + "\n\n");
}
