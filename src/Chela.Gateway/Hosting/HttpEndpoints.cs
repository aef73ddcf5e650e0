using Chela.Contracts.Events;
using Chela.Gateway.Bus;
using Chela.Gateway.Channels.Feishu;
using Chela.Gateway.Channels.Telegram;
using Chela.Gateway.Channels.Webhook;
using Chela.Gateway.Channels.WhatsApp;
using Chela.Gateway.Connections;
using Chela.Gateway.Connections.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The HTTP side of the gateway's port: probes, calls over HTTP, and the WebSockets of every dialect.</summary>
internal static class HttpEndpoints
{
    public static void UseGateway(this WebApplication app)
    {
        app.Use(SecurityHeaders);
        app.Use(next => context => context.RequestServices.GetRequiredService<FrontDoor>().PassAsync(context, next));
        app.Use(next => context => WebSocketUpgrade.PrepareAsync(context, next));
        app.UseWebSockets();
        app.Use(next => context => context.RequestServices.GetRequiredService<RequestWork>().PassAsync(context, next));
        app.Use(SafeFromPlatforms);
        app.UseRouting();
        app.MapProbes();
        app.MapPost("/rpc", context => context.RequestServices.GetRequiredService<HttpCalls>().AnswerAsync(context));
        app.MapGet("/metrics", context => context.RequestServices.GetRequiredService<MetricsEndpoint>().AnswerAsync(context));
        app.Map("/mcp", context => context.RequestServices.GetRequiredService<McpEndpoint>().AnswerAsync(context));
        app.MapPost(TelegramEndpoint.PathOf("{account}"), context => context.RequestServices.GetRequiredService<TelegramEndpoint>().AnswerAsync(context));
        app.MapPost(FeishuEndpoint.PathOf("{account}"), context => context.RequestServices.GetRequiredService<FeishuEndpoint>().AnswerAsync(context));
        app.MapGet(WhatsAppEndpoint.PathOf("{account}"), context => context.RequestServices.GetRequiredService<WhatsAppEndpoint>().VerifyAsync(context));
        app.MapPost(WhatsAppEndpoint.PathOf("{account}"), context => context.RequestServices.GetRequiredService<WhatsAppEndpoint>().AnswerAsync(context));
        app.MapPost("/webhook/{account}", context => context.RequestServices.GetRequiredService<WebhookEndpoint>().AnswerAsync(context));
        app.MapFallback("{**path}", AcceptAsync);
    }

    private static Task SecurityHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), microphone=(self), geolocation=()";
        headers.CacheControl = "no-store";
        return next(context);
    }

    private static Task SafeFromPlatforms(HttpContext context, RequestDelegate next)
    {
        var isFromPlatform = context.Request.Path.StartsWithSegments("/channels") || context.Request.Path.StartsWithSegments("/webhook");
        return isFromPlatform && context.RequestServices.GetRequiredService<Lifecycle>().SafeMode is not null
            ? HttpProblem.SafeMode.WriteAsync(context)
            : next(context);
    }

    private static Task AcceptAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            return context.RequestServices.GetRequiredService<SocketEndpoint>().AcceptAsync(context);
        }

        if (context.Request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.SecWebSocketVersion = "13"; // RFC 6455 § 4.2.2
            return HttpProblem.NoWebSocket.WriteAsync(context);
        }

        if (HttpMethods.IsPost(context.Request.Method) && context.Request.Path == "/" && ListenerDialect.Of(context) == Dialect.JsonRpc)
        {
            return context.RequestServices.GetRequiredService<HttpCalls>().AnswerAsync(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("Not Found", context.RequestAborted);
    }
}
