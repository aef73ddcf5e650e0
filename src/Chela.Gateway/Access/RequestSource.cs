using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Chela.Gateway.Access;

/// <summary>Where a request comes from, as far as it can be believed. Decided once, before anything else looks at the request.</summary>
/// <param name="Peer">The other end of the socket; null for transports without addresses.</param>
/// <param name="Client">Who is behind it: the peer, or whom a trusted proxy names. Limits, lock-outs and lists count this one.</param>
/// <param name="Host">The host that the client asked for, with its port; without value when it named none.</param>
internal sealed record RequestSource(IPAddress? Peer, IPAddress? Client, HostString Host)
{
    /// <summary>True when the peer is one of the proxies that the configuration trusts.</summary>
    public bool IsFromTrustedProxy { get; init; }

    /// <summary>True for a program on this machine that came directly: loopback, by a local name, and no sign of a proxy.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The scheme that the client used: <c>http</c> or <c>https</c>, for WebSockets too.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>The source of a request that passed the front door.</summary>
    public static RequestSource Of(HttpContext context) => context.Features.GetRequiredFeature<RequestSource>();
}
