using Chela.Contracts.Events;

namespace Chela.Gateway.Connections;

/// <summary>
/// The login of dialects without a handshake: a client shows its secret in the upgrade request, or calls <c>auth.login</c> first. A wrong one ends the
/// connection; none leaves it with the public methods until the time for the login is over.
/// </summary>
internal sealed class TokenLogin(SecretLogin login, Dialect dialect) : ILogin
{
    private static readonly byte[] NullId = "null"u8.ToArray();

    public Dialect Dialect => dialect;

    public async Task<bool> RunAsync(Connection connection, LoginRequest request, FrameReceiver receiver, CallRunner calls)
    {
        login.Attach(connection, request);
        var verdict = await login.RunAsync(connection, request, request.Credential, AuthMethods.ClientId, CancellationToken.None);
        if (verdict.IsValid || request.Credential is null)
        {
            return true;
        }

        var refusal = AuthRefusal.Of(verdict);
        calls.Answer(NullId, refusal);
        connection.Close(1008, refusal.Message);
        return false;
    }
}
