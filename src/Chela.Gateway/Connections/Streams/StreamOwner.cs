using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Connections.Streams;

/// <summary>Who may hear a stream of events: the client without what changes from one of its connections to the next.</summary>
internal sealed record StreamOwner(Dialect Dialect, CallerRole Role, OperatorScopes Granted, string ClientId, string? DeviceId, string? UserId)
{
    /// <summary>The owner that a caller is.</summary>
    public static StreamOwner Of(Dialect dialect, Caller caller) =>
        new(dialect, caller.Role, caller.Granted, caller.ClientId, caller.DeviceId, caller.UserId);
}
