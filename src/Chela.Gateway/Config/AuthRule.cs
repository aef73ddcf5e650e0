namespace Chela.Gateway.Config;

/// <summary>What the settings of the credential must be together. Each setting by itself was found good before.</summary>
internal static class AuthRule
{
    private const string Mode = "gateway.auth.mode";

    /// <summary>The problems, each with the dotted key of a setting that was made.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(GatewayConfig gateway) => gateway.Auth.ModeInForce() switch
    {
        AuthMode.Password when gateway.Auth.Password is null =>
            [(Mode, "is 'password', but no password is set; set gateway.auth.password, or CHELA_GATEWAY__AUTH__PASSWORD")],
        AuthMode.Token when gateway.Auth is { Mode: null, Token: not null, Password: not null } =>
            [("gateway.auth.password", "is set besides gateway.auth.token; remove one, or say with gateway.auth.mode which one counts")],
        AuthMode.TrustedProxy => Proxy(gateway),
        AuthMode.Oidc => Oidc(gateway.Auth.Oidc),
        _ => [],
    };

    private static IEnumerable<(string Path, string Message)> Proxy(GatewayConfig gateway)
    {
        if (gateway.Auth.Token is not null)
        {
            yield return ("gateway.auth.token", "must not be set in the mode trusted-proxy; remove it. Programs on this machine can have gateway.auth.password");
        }

        if (gateway.TrustedProxies.Count == 0)
        {
            yield return (Mode, "is 'trusted-proxy', but no proxy is trusted; list its address in gateway.trustedProxies");
        }

        if (gateway.Auth.TrustedProxy.UserHeader is null)
        {
            yield return (Mode, "is 'trusted-proxy', but no header names the user; set gateway.auth.trustedProxy.userHeader");
        }
    }

    private static IEnumerable<(string Path, string Message)> Oidc(OidcConfig oidc)
    {
        if (oidc.Issuer is null)
        {
            yield return (Mode, "is 'oidc', but no provider is named; set gateway.auth.oidc.issuer");
        }

        if (oidc.Audiences.Count == 0)
        {
            yield return (Mode, "is 'oidc', but tokens for anybody would be taken; set gateway.auth.oidc.audiences");
        }

        if (oidc.Roles.Count == 0)
        {
            yield return (Mode, "is 'oidc', but no role may do anything; set gateway.auth.oidc.roles");
        }
    }
}

/// <summary>Whose tokens can be believed. Over plain http anybody on the way could be the provider.</summary>
internal static class IssuerRule
{
    /// <summary>Why a value cannot be used; null where it can.</summary>
    public static string? Refusal(string value) => IsTrusted(value, out var address) && address is { Query.Length: 0, Fragment.Length: 0 }
        ? null
        : "must be an https:// address without query, or an http:// address of this machine";

    /// <summary>True for https, and for http that does not leave this machine.</summary>
    public static bool IsTrusted(string value, out Uri address) =>
        Uri.TryCreate(value, UriKind.Absolute, out address!)
        && address.UserInfo.Length == 0
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}

/// <summary>What a token can be made for.</summary>
internal static class AudienceRule
{
    /// <summary>Why a value cannot be used; null where it can.</summary>
    public static string? Refusal(string value) =>
        string.IsNullOrWhiteSpace(value) ? "is blank; give the identifier that the provider knows the gateway by"
        : SecretRule.IsPlaceholder(value.Trim()) && value.Distinct().Count() > 1 ? "is a placeholder, not an identifier"
        : null;
}
