using Chela.Contracts.Events;
using Chela.Gateway.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Wire;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Connections;

/// <summary>Where WebSockets arrive. The path chooses the dialect: <c>/rpc</c> JSON-RPC, <c>/plain</c> Plain, <c>/session</c> Session, every other what the port speaks.</summary>
internal sealed class SocketEndpoint(
    IEnumerable<IWireDialect> dialects, Lazy<Pump> pump, ConnectionTable connections, ConfigStore config, Lifecycle lifecycle, TimeProvider time)
{
    private readonly Dictionary<Dialect, IWireDialect> _dialects = dialects.ToDictionary(dialect => dialect.Name);

    /// <summary>Serves one socket; returns when it is closed.</summary>
    public async Task AcceptAsync(HttpContext context)
    {
        var limits = config.Current.Config.Gateway.Limits;
        var dialect = _dialects[DialectOf(context)];
        var request = Describe(context);
        if (IsForeignPage(dialect, request))
        {
            await HttpProblem.ForeignPage.WriteAsync(context);
            return;
        }

        if ((lifecycle.Phase != LifecyclePhase.Running && dialect.Name != Dialect.OpenClaw) || !connections.TryTakePlace(limits))
        {
            await HttpProblem.Busy.WriteAsync(context);
            return;
        }

        try
        {
            if (connections.TryEnter(request.Address, limits))
            {
                await ServeAsync(context, dialect, request, limits);
            }
            else
            {
                await HttpProblem.Busy.WriteAsync(context);
            }
        }
        finally
        {
            connections.Places.Leave();
        }
    }

    private async Task ServeAsync(HttpContext context, IWireDialect dialect, LoginRequest request, GatewayLimitsConfig limits)
    {
        UpgradedSocket socket;
        try
        {
            socket = await WebSocketUpgrade.AcceptAsync(context, WebSocketUpgrade.PingInterval);
        }
        catch
        {
            connections.Gate.Leave(request.Address);
            throw;
        }

        using var connection = new Connection(socket, dialect, request.Address, limits, connections.Gate, time);
        await pump.Value.RunAsync(connection, request);
    }

    /// <summary>A page that may not speak with the gateway. OpenClaw clients are told so in the handshake, which knows what else is a page.</summary>
    private bool IsForeignPage(IWireDialect dialect, LoginRequest request) =>
        dialect.Name != Dialect.OpenClaw
        && request.Origin is { } origin
        && OriginCheck.Refusal(origin, request.Source, config.Current.Config.Gateway.ControlUi) is not null;

    private static Dialect DialectOf(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/rpc", StringComparison.Ordinal) ? Dialect.JsonRpc
        : context.Request.Path.StartsWithSegments("/plain", StringComparison.Ordinal) ? Dialect.Plain
        : context.Request.Path.StartsWithSegments("/session", StringComparison.Ordinal) ? Dialect.Session
        : ListenerDialect.Of(context);

    /// <summary>What a request says that matters for the login.</summary>
    public static LoginRequest Describe(HttpContext context) => new(
        RequestSource.Of(context), context.Request.Headers, OriginCheck.Of(context.Request), BearerToken.Of(context.Request));
}
