using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Access;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Connections;

/// <summary>
/// The login of dialects without a handshake: a client shows its token in the upgrade request, or calls <c>auth.login</c> first. A wrong token ends the
/// connection; none leaves it with the public methods until the time for the login is over.
/// </summary>
internal sealed class TokenLogin(GatewayToken token, Dialect dialect) : ILogin
{
    private static readonly byte[] NullId = "null"u8.ToArray();

    public Dialect Dialect => dialect;

    public Task<bool> RunAsync(Connection connection, LoginRequest request, FrameReceiver receiver, CallRunner calls)
    {
        if (request.Credential is not { } shown)
        {
            return Task.FromResult(true);
        }

        if (token.Matches(shown))
        {
            connection.LogIn(new Caller(connection.Id, CallerRole.Operator, OperatorScopes.Admin, AuthMethods.ClientId));
            return Task.FromResult(true);
        }

        calls.Answer(NullId, new RpcError(RpcErrorKind.Unauthenticated, AuthMethods.Mismatch));
        connection.Close(1008, AuthMethods.Mismatch);
        return Task.FromResult(false);
    }
}
