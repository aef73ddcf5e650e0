using Chela.Contracts.Events;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Connections;

/// <summary>What is spoken on a port where the path does not say otherwise. Goes with each connection that the port accepts.</summary>
internal sealed class ListenerDialect(Dialect dialect)
{
    /// <summary>The dialect of the port that a request came by.</summary>
    public static Dialect Of(HttpContext context) => context.Features.Get<ListenerDialect>()?.Dialect ?? Dialect.OpenClaw;

    /// <summary>The dialect.</summary>
    public Dialect Dialect => dialect;

    /// <summary>Marks a connection of the port.</summary>
    public ConnectionDelegate Mark(ConnectionDelegate next) => connection =>
    {
        connection.Features.Set(this);
        return next(connection);
    };
}
