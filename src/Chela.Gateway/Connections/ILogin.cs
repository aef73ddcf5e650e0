using System.Net;
using Chela.Contracts.Events;
using Chela.Gateway.Access;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Connections;

/// <summary>What the upgrade request said that matters for the login.</summary>
/// <param name="Source">Where it comes from, as far as that can be believed.</param>
/// <param name="Headers">Its headers; only what stands in the source may decide who the client is, unless a trusted proxy asks.</param>
/// <param name="Origin">The browser page that connects; null for other programs.</param>
/// <param name="Credential">A token from the header or the query; null when there was none.</param>
internal sealed record LoginRequest(RequestSource Source, IHeaderDictionary Headers, string? Origin, string? Credential)
{
    /// <summary>Who connects: the peer, or whom a trusted proxy names; null for transports without addresses.</summary>
    public IPAddress? Address => Source.Client;

    /// <summary>True when the socket comes from this machine directly: loopback, and no proxy in between.</summary>
    public bool IsLocal => Source.IsLocal;

    /// <summary>What the client shows, with where it comes from.</summary>
    public ShownCredential Showing(string? token, string? password) => new(token, password, Source, Headers, Origin);
}

/// <summary>How clients of one dialect show who they are.</summary>
internal interface ILogin
{
    Dialect Dialect { get; }

    /// <summary>Leads a new connection to the point where it may call methods.</summary>
    /// <returns>False when it was refused; the goodbye is then already queued.</returns>
    Task<bool> RunAsync(Connection connection, LoginRequest request, FrameReceiver receiver, CallRunner calls);
}
