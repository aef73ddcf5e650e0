using Chela.Contracts.Access;
using Chela.Gateway.Config;

namespace Chela.Gateway.Access.Oidc;

/// <summary>
/// Believes tokens of an identity provider: signed by one of its keys with an algorithm that is allowed, made by it, for this
/// gateway, and now. What is read out of a token before its signature was found good decides nothing but which key to try.
/// </summary>
internal sealed class OidcTokens(ProviderKeys keys, ConfigStore config, TimeProvider time)
{
    private const int RetryAfterMs = 5_000;

    public async Task<CredentialVerdict> CheckAsync(string shown, CancellationToken ct)
    {
        var settings = config.Current.Config.Gateway.Auth.Oidc;
        if (!Jwt.TryRead(shown, out var token)
            || !settings.Algorithms.Contains(token.Algorithm, StringComparer.Ordinal)
            || JwtAlgorithm.Find(token.Algorithm) is not { } algorithm)
        {
            return Refused(AuthReason.OidcTokenInvalid);
        }

        if (await keys.FindAsync(token.KeyId, ct) is not { } found)
        {
            return Refused(AuthReason.OidcUnavailable) with { RetryAfterMs = RetryAfterMs };
        }

        // A token that does not name its key is tried with the few that fit.
        var isSigned = found.Where(key => key.Fits(algorithm)).Take(4).Any(key => key.Verifies(algorithm, token.Signed, token.Signature));
        return isSigned ? Judge(new OidcClaims(token.Claims), settings) : Refused(AuthReason.OidcTokenInvalid);
    }

    private CredentialVerdict Judge(OidcClaims claims, OidcConfig settings)
    {
        var now = time.GetUtcNow();
        var skew = TimeSpan.FromSeconds(settings.ClockSkewSeconds);
        if (claims.Issuer != settings.Issuer
            || !claims.Audiences.Intersect(settings.Audiences, StringComparer.Ordinal).Any()
            || claims.User(settings.UserClaim) is not { } user
            || claims.Expires is not { } expires)
        {
            return Refused(AuthReason.OidcTokenInvalid);
        }

        if (now >= expires + skew || (claims.NotBefore is { } start && now + skew < start))
        {
            return Refused(AuthReason.OidcTokenExpired);
        }

        var scopes = claims.Roles(settings.RolesClaim)
            .Aggregate(OperatorScopes.None, (all, role) => all | ScopeGrant.Parse(settings.Roles.GetValueOrDefault(role) ?? []));
        return scopes == OperatorScopes.None
            ? Refused(AuthReason.OidcNoRole)
            : new CredentialVerdict(AuthMode.Oidc, null) { UserId = user, Scopes = scopes, IsLimit = true, ValidUntil = expires + skew };
    }

    private static CredentialVerdict Refused(string reason) => new(AuthMode.Oidc, reason);
}
