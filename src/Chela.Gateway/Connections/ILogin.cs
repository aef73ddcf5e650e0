using System.Net;
using Chela.Contracts.Events;

namespace Chela.Gateway.Connections;

/// <summary>What the upgrade request said that matters for the login.</summary>
/// <param name="IsLocal">True when the socket comes from this machine directly: loopback, and no proxy in between.</param>
/// <param name="Origin">The browser page that connects; null for other programs.</param>
/// <param name="Credential">A token from the header or the query; null when there was none.</param>
internal sealed record LoginRequest(IPAddress? Address, bool IsLocal, string? Origin, string? Credential);

/// <summary>How clients of one dialect show who they are.</summary>
internal interface ILogin
{
    Dialect Dialect { get; }

    /// <summary>Leads a new connection to the point where it may call methods.</summary>
    /// <returns>False when it was refused; the goodbye is then already queued.</returns>
    Task<bool> RunAsync(Connection connection, LoginRequest request, FrameReceiver receiver, CallRunner calls);
}
