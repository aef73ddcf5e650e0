using Chela.Gateway.Config;

namespace Chela.Gateway.Access;

/// <summary>Puts a secret in force that was changed in the configuration. The former one opens nothing more, and what came in with it is closed.</summary>
internal sealed class SecretFollower : IDisposable
{
    /// <summary>Until the connections are closed: whoever changed the secret is answered first.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly SharedSecrets _secrets;
    private readonly ITimer _end;

    public SecretFollower(SharedSecrets secrets, TimeProvider time)
    {
        _secrets = secrets;
        _end = time.CreateTimer(_ => secrets.EndDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes the secret of another configuration; nothing where that has none, because the gateway goes on with its own or wants none.</summary>
    public void Follow(GatewayAuthConfig auth)
    {
        if (auth.SecretInForce() is { } secret)
        {
            _secrets.Replace(secret, []);
            _end.Change(Grace, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _end.Dispose();
}
