using System.Net;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Rpc;

/// <summary>Stands for the connection of a call that came over none, for example an HTTP request: nothing to follow, to log in or to close.</summary>
/// <param name="network">Where the caller is, as limits see it.</param>
internal sealed class NoConnection(IPAddress network) : ICallerConnection
{
    public CallMeter Meter { get; } = new(network) { IsOneCall = true };

    public bool Follow(SessionKey session) => false;

    public void Unfollow(SessionKey session)
    {
    }

    public void Subscribe(string topic)
    {
    }

    public void Unsubscribe(string topic)
    {
    }

    public void LogIn(Caller caller) => throw new RpcException(
        RpcErrorKind.InvalidRequest, "over HTTP there is no login: each request brings its token in the Authorization header");

    public void Close(int code, string reason)
    {
    }
}
