using Chela.Contracts.Access;
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

    /// <summary>True when the scope was granted or is included in one that was.</summary>
    public bool Holds(OperatorScopes scope) => (_effective & scope) == scope;

    /// <summary>Nobody yet: a connection before its login.</summary>
    public static Caller Anonymous(string connectionId) =>
        new(connectionId, CallerRole.Operator, OperatorScopes.None, "") { IsAuthenticated = false };
}

/// <summary>The connection that a call came over, as far as a method may act on it.</summary>
internal interface ICallerConnection
{
    /// <summary>From now on the connection hears the events of this session.</summary>
    void Follow(SessionKey session);

    /// <summary>The connection showed a valid credential.</summary>
    void LogIn(Caller caller);

    /// <summary>Ends the connection after what is already queued for it.</summary>
    /// <param name="code">A WebSocket close code.</param>
    /// <param name="reason">A few words for the client; cut at 120 bytes.</param>
    void Close(int code, string reason);
}
