namespace Chela.Gateway.Access;

/// <summary>Why a credential is refused, in the protocol's words where it has some (02-handshake § 7.2).</summary>
internal static class AuthReason
{
    public const string TokenMissing = "token_missing";
    public const string TokenMismatch = "token_mismatch";
    public const string PasswordMissing = "password_missing";
    public const string PasswordMismatch = "password_mismatch";
    public const string PasswordMissingConfig = "password_missing_config";
    public const string BootstrapTokenInvalid = "bootstrap_token_invalid";
    public const string DeviceTokenMismatch = "device_token_mismatch";
    public const string ScopeMismatch = "scope_mismatch";
    public const string RateLimited = "rate_limited";

    /// <summary>No credential is wanted, but the client is not on this machine.</summary>
    public const string NotLocal = "not_local";

    /// <summary>Begins the reason for a header that the proxy did not send; its name follows.</summary>
    public const string MissingHeaderPrefix = "trusted_proxy_missing_header_";

    public const string UntrustedSource = "trusted_proxy_untrusted_source";
    public const string LoopbackSource = "trusted_proxy_loopback_source";
    public const string LocalInterfaceSource = "trusted_proxy_local_interface_source";
    public const string AmbiguousUser = "trusted_proxy_ambiguous_user";
    public const string UserNotAllowed = "trusted_proxy_user_not_allowed";

    public const string OidcTokenInvalid = "oidc_token_invalid";
    public const string OidcTokenExpired = "oidc_token_expired";
    public const string OidcNoRole = "oidc_no_role";
    public const string OidcUnavailable = "oidc_provider_unavailable";
}
