using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
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
        await next(context);
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
