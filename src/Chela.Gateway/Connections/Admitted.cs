using Chela.Contracts.Access;
using Chela.Gateway.Access;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Rpc;
using Microsoft.AspNetCore.Http;

namespace Chela.Gateway.Connections;

/// <summary>A client that may connect.</summary>
/// <param name="Method">How it showed its right, in the protocol's words: <c>token</c>, <c>device-token</c>, …</param>
internal sealed record Admitted(CallerRole Role, OperatorScopes Scopes, string Method)
{
    /// <summary>The device that proved its identity; null for clients without one.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The person that the credential names; null for a secret that everybody shares.</summary>
    public string? UserId { get; init; }

    /// <summary>The shared secret that opened; null when another credential did.</summary>
    public string? SecretGeneration { get; init; }

    /// <summary>When the credential ends by itself; null for one that does not.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>The device's own token; null for clients that have none.</summary>
    public DeviceToken? Token { get; init; }

    /// <summary>False for a client whose scopes come from its user: what the device has besides is not the user's.</summary>
    public bool IsToldToken { get; init; } = true;

    /// <summary>Its tokens for other roles, told once: after a setup code.</summary>
    public IReadOnlyList<DeviceToken> OtherTokens { get; init; } = [];

    /// <summary>The same client with what its credential says of it, and with no more scopes than that and the request allow.</summary>
    public Admitted For(CredentialVerdict shared, IHeaderDictionary headers)
    {
        if (!shared.IsValid)
        {
            return this with { Scopes = ScopeGrant.Cap(Scopes, headers) };
        }

        return this with
        {
            Scopes = Role == CallerRole.Node ? OperatorScopes.None : ScopeGrant.Of(Scopes, shared, headers),
            UserId = shared.UserId,
            SecretGeneration = shared.Generation,
            ValidUntil = shared.ValidUntil,
            IsToldToken = !shared.IsLimit,
        };
    }
}
