using System.Diagnostics;
using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Connections;

/// <summary>The answering of one HTTP request as a piece of work, so that what is logged meanwhile names the request and whose it is.</summary>
internal sealed class RequestWork(ILogger<RequestWork> logger)
{
    /// <summary>Answers a request; a WebSocket is a piece of work of its own kind.</summary>
    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            return;
        }

        using var scope = logger.BeginScope(new Scope(context));
        var span = HttpMethods.IsPost(context.Request.Method) && Traces.IsWanted ? Begin(context.Request) : null;
        await next(context);
        End(span, context);
    }

    private static Activity? Begin(HttpRequest request) => Traces.Begin("POST", ActivityKind.Server, request.Headers.TraceParent);

    private static void End(Activity? span, HttpContext context)
    {
        if (span is not null)
        {
            span.DisplayName = $"POST {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText}";
            span.SetTag("http.response.status_code", context.Response.StatusCode);
            Traces.End(span, context.Response.StatusCode >= StatusCodes.Status500InternalServerError ? "http" : null);
        }
    }

    private sealed class Scope(HttpContext context) : IWorkScope
    {
        public WorkFacts Facts => new()
        {
            Connection = context.TraceIdentifier,
            User = context.Features.Get<Caller>()?.User,
        };
    }
}
