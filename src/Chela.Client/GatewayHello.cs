using System.Text.Json;

namespace Chela.Client;

/// <summary>What the gateway said of itself when it let the client in.</summary>
/// <param name="Protocol">The protocol version in force.</param>
/// <param name="ServerVersion">The gateway's version.</param>
/// <param name="ConnectionId">The gateway's name for this connection.</param>
/// <param name="Methods">The methods it advertises.</param>
/// <param name="Events">The events it may send.</param>
/// <param name="Scopes">The scopes granted, which may be fewer than asked for.</param>
/// <param name="Policy">Limits that both sides keep.</param>
/// <param name="Snapshot">The state at the time of the hello, as sent; null if there was none.</param>
public sealed record GatewayHello(
    int Protocol,
    string ServerVersion,
    string ConnectionId,
    IReadOnlyList<string> Methods,
    IReadOnlyList<string> Events,
    IReadOnlyList<string> Scopes,
    GatewayPolicy Policy,
    JsonElement? Snapshot);

/// <summary>The gateway's limits for one connection.</summary>
/// <param name="MaxPayload">The largest frame that the gateway accepts, in bytes.</param>
/// <param name="MaxBufferedBytes">How many unsent bytes the gateway keeps before it calls the client slow.</param>
/// <param name="TickIntervalMs">The time between two <c>tick</c> events.</param>
public sealed record GatewayPolicy(int MaxPayload, int MaxBufferedBytes, int TickIntervalMs);
