using Chela.Contracts.Errors;
using Chela.Gateway.Access;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Connections;

/// <summary>Logs a connection in with a credential of the gateway itself, in the dialects that know nothing more than that.</summary>
internal sealed class SecretLogin(SharedCredentials credentials)
{
    /// <summary>Lets methods log the connection in.</summary>
    public void Attach(Connection connection, LoginRequest request) => connection.SecretLogin = async (secret, clientId, ct) =>
    {
        var verdict = await RunAsync(connection, request, secret, clientId, ct);
        return verdict.IsValid ? connection.Caller : throw new RpcException(AuthRefusal.Of(verdict));
    };

    /// <summary>Weighs the secret, and logs the connection in where it is good and nobody is logged in yet.</summary>
    public async Task<CredentialVerdict> RunAsync(Connection connection, LoginRequest request, string? secret, string clientId, CancellationToken ct)
    {
        var verdict = await credentials.CheckAsync(request.Showing(secret, secret), ct);
        if (!verdict.IsValid || connection.Caller.IsAuthenticated)
        {
            return verdict;
        }

        connection.LogIn(CallerOf(verdict, request, connection.Id, clientId));
        if (!credentials.IsCurrent(verdict.Generation))
        {
            connection.Close(DeviceSockets.CredentialEnded, SharedCredentials.Changed);
        }

        return verdict;
    }

    /// <summary>Who a client is whose credential was found good, where it cannot ask for scopes.</summary>
    public static Caller CallerOf(CredentialVerdict verdict, LoginRequest request, string connectionId, string clientId) =>
        new(connectionId, CallerRole.Operator, ScopeGrant.Whole(verdict, request.Headers), clientId)
        {
            UserId = verdict.UserId,
            SecretGeneration = verdict.Generation,
            ValidUntil = verdict.ValidUntil,
        };
}
