using System.Net;
using Chela.Contracts.Events;
using Chela.Gateway.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Wire;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Connections;

/// <summary>Where WebSockets arrive. The path chooses the dialect: <c>/rpc</c> JSON-RPC, <c>/plain</c> Plain, <c>/session</c> Session, every other OpenClaw.</summary>
internal sealed class SocketEndpoint(
    IEnumerable<IWireDialect> dialects, Lazy<Pump> pump, ConnectionTable connections, ConfigStore config, Lifecycle lifecycle, TimeProvider time)
{
    private readonly Dictionary<Dialect, IWireDialect> _dialects = dialects.ToDictionary(dialect => dialect.Name);

    /// <summary>Serves one socket; returns when it is closed.</summary>
    public async Task AcceptAsync(HttpContext context)
    {
        var limits = config.Current.Config.Gateway.Limits;
        if (lifecycle.Phase != LifecyclePhase.Running || !connections.Places.TryEnter(limits.MaxConnections))
        {
            Refuse(context);
            return;
        }

        try
        {
            if (connections.Gate.TryEnter(context.Connection.RemoteIpAddress, limits))
            {
                await ServeAsync(context, limits);
            }
            else
            {
                Refuse(context);
            }
        }
        finally
        {
            connections.Places.Leave();
        }
    }

    private async Task ServeAsync(HttpContext context, GatewayLimitsConfig limits)
    {
        var request = Describe(context);
        UpgradedSocket socket;
        try
        {
            socket = await WebSocketUpgrade.AcceptAsync(context);
        }
        catch
        {
            connections.Gate.Leave(request.Address);
            throw;
        }

        var dialect = _dialects[DialectOf(context.Request.Path)];
        using var connection = new Connection(socket, dialect, request.Address, limits, connections.Gate, time);
        await pump.Value.RunAsync(connection, request);
    }

    private static Dialect DialectOf(PathString path) =>
        path.StartsWithSegments("/rpc", StringComparison.Ordinal) ? Dialect.JsonRpc
        : path.StartsWithSegments("/plain", StringComparison.Ordinal) ? Dialect.Plain
        : path.StartsWithSegments("/session", StringComparison.Ordinal) ? Dialect.Session
        : Dialect.OpenClaw;

    private static void Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "1";
    }

    private static LoginRequest Describe(HttpContext context)
    {
        var headers = context.Request.Headers;
        var address = context.Connection.RemoteIpAddress;
        var isProxied = headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded") || headers.ContainsKey("X-Real-IP");
        var isLocal = address is not null && IPAddress.IsLoopback(address) && !isProxied;
        var origin = headers.Origin.Count > 0 ? headers.Origin.ToString() : null;
        return new LoginRequest(address, isLocal, origin, BearerToken.Of(context.Request));
    }
}
