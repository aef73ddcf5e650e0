using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Rpc;

/// <summary>What a client connects as.</summary>
internal enum CallerRole
{
    /// <summary>A person or program that controls the gateway.</summary>
    Operator,

    /// <summary>A device that offers commands.</summary>
    Node,
}

/// <summary>Who is calling. Replaced whole when a connection logs in.</summary>
/// <param name="ConnectionId">The connection that the call came over.</param>
/// <param name="Role">What the client connected as.</param>
/// <param name="Granted">The scopes that it was granted, without those that they include.</param>
/// <param name="ClientId">The client's own name, for example <c>cli</c>; used as sender id of its messages.</param>
internal sealed record Caller(string ConnectionId, CallerRole Role, OperatorScopes Granted, string ClientId)
{
    private readonly OperatorScopes _effective = ScopeNames.WithIncluded(Granted);

    /// <summary>False until a credential was accepted.</summary>
    public bool IsAuthenticated { get; init; } = true;

    /// <summary>The device that proved its identity; null for clients without one.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The person that the credential names; null for a secret that everybody shares.</summary>
    public string? UserId { get; init; }

    /// <summary>Who it is, as the log names people: the person, else the device, else the client; null for nobody yet.</summary>
    public string? User => UserId ?? DeviceId ?? (ClientId.Length > 0 ? ClientId : null);

    /// <summary>Whose calls are counted together over all connections: the person's, else the device's; null for nobody in particular.</summary>
    public string? Party => UserId is null ? DeviceId : $"user {UserId}";

    /// <summary>The shared secret that it came in with; when that ends, so does the connection.</summary>
    public string? SecretGeneration { get; init; }

    /// <summary>When its credential ends by itself, and the connection with it; null for one that does not.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>True when the scope was granted or is included in one that was.</summary>
    public bool Holds(OperatorScopes scope) => (_effective & scope) == scope;

    /// <summary>Nobody yet: a connection before its login.</summary>
    public static Caller Anonymous(string connectionId) =>
        new(connectionId, CallerRole.Operator, OperatorScopes.None, "") { IsAuthenticated = false };
}

/// <summary>The connection that a call came over, as far as a method may act on it.</summary>
internal interface ICallerConnection
{
    /// <summary>What is counted of the connection.</summary>
    CallMeter Meter { get; }

    /// <summary>From now on the connection hears the events of this session; false when it follows too many already.</summary>
    bool Follow(SessionKey session);

    /// <summary>From now on it does not, unless it hears of every session.</summary>
    void Unfollow(SessionKey session);

    /// <summary>From now on the connection hears the events of this topic (<see cref="Chela.Contracts.Events.GatewayEvent.Topic"/>).</summary>
    void Subscribe(string topic);

    /// <summary>From now on it does not.</summary>
    void Unsubscribe(string topic);

    /// <summary>The connection showed a valid credential.</summary>
    void LogIn(Caller caller);

    /// <summary>Shows a secret on behalf of the connection. One that is logged in stays who it is.</summary>
    /// <param name="secret">What the client gave; null when it gave nothing.</param>
    /// <param name="clientId">What the client is called from now on.</param>
    /// <returns>Who the client is from now on.</returns>
    /// <exception cref="RpcException">The secret is not good.</exception>
    Task<Caller> LogInAsync(string? secret, string clientId, CancellationToken ct) =>
        throw new RpcException(RpcErrorKind.InvalidRequest, "there is no login here: each request brings its credential in the Authorization header");

    /// <summary>Ends the connection after what is already queued for it.</summary>
    /// <param name="code">A WebSocket close code.</param>
    /// <param name="reason">A few words for the client; cut at 120 bytes.</param>
    void Close(int code, string reason);
}
