using Chela.Gateway.Access;

namespace Chela.Gateway.Connections;

/// <summary>Closes the connections that came in with a secret that has ended.</summary>
internal sealed class CredentialSockets
{
    public CredentialSockets(ConnectionTable connections, SharedSecrets secrets) => secrets.Attach(call =>
    {
        foreach (var connection in connections.All)
        {
            if (connection.Caller.SecretGeneration is { } generation && !secrets.IsValid(generation))
            {
                connection.Close(DeviceSockets.CredentialEnded, SharedCredentials.Changed, call);
            }
        }
    });
}
