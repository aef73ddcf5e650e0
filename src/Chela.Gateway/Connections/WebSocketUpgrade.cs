using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Chela.Gateway.Connections;

/// <summary>An accepted WebSocket with the stream beneath it.</summary>
internal readonly record struct UpgradedSocket(WebSocket Socket, CorkedStream Stream);

/// <summary>
/// Puts a <see cref="CorkedStream"/> between Kestrel and the framework's WebSocket, which keeps the framing and the handshake.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The WebSocket disposes the stream.")]
internal sealed class WebSocketUpgrade(IHttpUpgradeFeature inner) : IHttpUpgradeFeature
{
    /// <summary>A ping goes out this often, and a pong is due within the same time; else the connection is dropped (01-wire § 6).</summary>
    public static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(25);

    private CorkedStream? _stream;

    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    /// <summary>Runs before the framework's WebSocket middleware, which takes the stream from this feature.</summary>
    public static Task PrepareAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
        {
            context.Features.Set<IHttpUpgradeFeature>(new WebSocketUpgrade(upgrade));
        }

        return next(context);
    }

    /// <summary>Completes the upgrade of a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="pingInterval">How often a ping goes out, and how long its answer may take.</param>
    public static async Task<UpgradedSocket> AcceptAsync(HttpContext context, TimeSpan pingInterval)
    {
        var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = pingInterval,
            KeepAliveTimeout = pingInterval,
        });
        context.Features.Get<TcpPlace>()?.Dispose();
        var upgrade = (WebSocketUpgrade)context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
        return new UpgradedSocket(socket, upgrade._stream!);
    }

    public async Task<Stream> UpgradeAsync() => _stream = new CorkedStream(await inner.UpgradeAsync());
}
