using Chela.Gateway.Access;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>
/// A page keeps its device's token where every script of the page can read it. So that token is bound to the gateway's own secret and
/// ends with it: who rotates the secret is rid of every copy (02-handshake § 7.4).
/// </summary>
internal sealed class BrowserTokens(SharedSecrets secrets, Pairing pairing)
{
    /// <summary>True for a token whose secret has ended.</summary>
    public bool IsVoid(DeviceToken token) => token.SecretGeneration is { } generation && !secrets.IsValid(generation);

    /// <summary>The client as it was admitted, if it is a page with a token that belongs to the present secret.</summary>
    public async Task<Admitted> BindAsync(ConnectParams connect, Admitted admitted)
    {
        if (connect.Client.Id is not ("openclaw-control-ui" or "webchat-ui") || admitted.Token is not { } token)
        {
            return admitted;
        }

        if (admitted.Method == "device-token")
        {
            return admitted with { SecretGeneration = token.SecretGeneration };
        }

        var present = secrets.Generation;
        if (token.SecretGeneration == present)
        {
            return admitted;
        }

        var device = await pairing.BindAsync(admitted.DeviceId!, token.Role, present, CancellationToken.None);
        return admitted with { Token = device?.TokenFor(token.Role) };
    }
}
