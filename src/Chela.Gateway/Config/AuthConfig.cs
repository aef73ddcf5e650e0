using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>How callers prove who they are.</summary>
internal sealed record GatewayAuthConfig
{
    [AllowedValues(AuthMode.Token, AuthMode.Password, AuthMode.None, AuthMode.TrustedProxy, AuthMode.Oidc, AuthMode.OAuth)]
    [Description("The kind of credential; unset means password where only a password is set, else token.")]
    public string? Mode { get; init; }

    [Description("The shared secret of the mode token; unset means the one that the gateway makes at its first start.")]
    public string? Token { get; init; }

    [Description("The shared secret of the mode password; in the mode trusted-proxy that of programs on this machine.")]
    public string? Password { get; init; }

    [MaxLength(10_000)]
    [AllowedValues(
        "operator.admin", "operator.read", "operator.write", "operator.sessions.read", "operator.sessions.write", "operator.approvals",
        "operator.questions", "operator.pairing", "operator.talk", "operator.talk.secrets")]
    [Description("Scopes of the users that a trusted proxy names, by user.")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> IdentityScopes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public TrustedProxyConfig TrustedProxy { get; init; } = new();

    public OidcConfig Oidc { get; init; } = new();

    public AuthRateLimitConfig RateLimit { get; init; } = new();

    /// <summary>The mode that holds, also where none is set.</summary>
    public string ModeInForce() => Mode switch
    {
        null => Password is not null && Token is null ? AuthMode.Password : AuthMode.Token,
        AuthMode.OAuth => AuthMode.Oidc,
        _ => Mode,
    };

    /// <summary>The shared secret that is configured for the mode; null where there is none.</summary>
    public string? SecretInForce() => ModeInForce() switch
    {
        AuthMode.Token => Token,
        AuthMode.Password or AuthMode.TrustedProxy => Password,
        _ => null,
    };

    /// <summary>True where the same kind of credential opens, with a secret that is configured where one was, or with none as before.</summary>
    public bool IsSameKindAs(GatewayAuthConfig former) =>
        ModeInForce() == former.ModeInForce() && (SecretInForce() is not null || former.SecretInForce() is null);

    /// <summary>Never shows a secret: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(GatewayAuthConfig)} {{ {nameof(Mode)} = {Mode} }}";
}

/// <summary>The kinds of credential that a gateway can be told to want.</summary>
internal static class AuthMode
{
    public const string Token = "token";
    public const string Password = "password";

    /// <summary>No credential; on this machine only.</summary>
    public const string None = "none";

    /// <summary>A reverse proxy says who the user is.</summary>
    public const string TrustedProxy = "trusted-proxy";

    /// <summary>A token of an identity provider.</summary>
    public const string Oidc = "oidc";

    /// <summary>Another name for it.</summary>
    public const string OAuth = "oauth";
}

/// <summary>How a trusted proxy says who the user is.</summary>
internal sealed record TrustedProxyConfig
{
    [MinLength(1), MaxLength(128), Description("The header that names the user. The proxy must remove it from what clients send.")]
    public string? UserHeader { get; init; }

    [MaxLength(20), Description("Headers that must be there besides, as a sign that the request went through the proxy's login.")]
    public IReadOnlyList<string> RequiredHeaders { get; init; } = [];

    [MaxLength(10_000), Description("The only users that are let in; empty lets in every user that the proxy names.")]
    public IReadOnlyList<string> AllowUsers { get; init; } = [];

    [Description("Also believes a proxy on this machine, and with it every program on this machine.")]
    public bool AllowLoopback { get; init; }
}

/// <summary>How often a wrong credential may be tried.</summary>
internal sealed record AuthRateLimitConfig
{
    [Range(1, 100), Description("So many wrong credentials from one network lock it out.")]
    public int MaxAttempts { get; init; } = 10;

    [Range(1_000, 3_600_000), Description("The time within which they count, in milliseconds.")]
    public int WindowMs { get; init; } = 60_000;

    [Range(1_000, 86_400_000), Description("How long the lock-out lasts, in milliseconds.")]
    public int LockoutMs { get; init; } = 300_000;

    [Description("Programs on this machine are answered later and later instead of being locked out.")]
    public bool ExemptLoopback { get; init; } = true;
}
