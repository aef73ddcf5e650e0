using System.Collections.Frozen;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Gateway.Access;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>
/// What is said to a client whose credential is not good: the code, the sentence with its hint, and what it should do next
/// (02-handshake § 7.2). Clients act on the codes, and some on the words.
/// </summary>
internal static class AuthRefusal
{
    private const string Configure = "update_auth_configuration";
    private const string Correct = "update_auth_credentials";
    private const string Review = "review_auth_configuration";

    private static readonly Row Other = new("AUTH_UNAUTHORIZED", "unauthorized", Review);

    private static readonly Row Header = new(
        "AUTH_IDENTITY_HEADER_REQUIRED", "unauthorized: the proxy did not send the headers that name the user (gateway.auth.trustedProxy)", Review);

    private static readonly FrozenDictionary<string, Row> Rows = new Dictionary<string, Row>(StringComparer.Ordinal)
    {
        [AuthReason.TokenMissing] = new("AUTH_TOKEN_MISSING", "unauthorized: gateway token missing (provide gateway auth token)", Configure),
        [AuthReason.TokenMismatch] = new("AUTH_TOKEN_MISMATCH", "unauthorized: gateway token mismatch (provide gateway auth token)", Correct),
        [AuthReason.PasswordMissing] = new("AUTH_PASSWORD_MISSING", "unauthorized: gateway password missing (provide gateway auth password)", Configure),
        [AuthReason.PasswordMismatch] = new("AUTH_PASSWORD_MISMATCH", "unauthorized: gateway password mismatch (provide gateway auth password)", Correct),
        [AuthReason.RateLimited] = new(
            "AUTH_RATE_LIMITED", "unauthorized: too many failed authentication attempts (retry later)", "wait_then_retry"),
        [AuthReason.NotLocal] = new(
            "AUTH_UNAUTHORIZED", "unauthorized: without authentication only this machine itself is let in (set gateway.auth.mode)", Review),
        [AuthReason.UntrustedSource] = new(
            "AUTH_UNAUTHORIZED", "unauthorized: not through the trusted proxy (connect to the proxy, or list it in gateway.trustedProxies)", Review),
        [AuthReason.LoopbackSource] = new(
            "AUTH_UNAUTHORIZED", "unauthorized: the proxy is on this machine (set gateway.auth.trustedProxy.allowLoopback to trust it)", Review),
        [AuthReason.LocalInterfaceSource] = new(
            "AUTH_UNAUTHORIZED", "unauthorized: the proxy has an address of this machine (let it connect from another)", Review),
        [AuthReason.AmbiguousUser] = new(
            "AUTH_UNAUTHORIZED", "unauthorized: the proxy names no single user (have it remove the header that clients send)", Review),
        [AuthReason.UserNotAllowed] = new(
            "AUTH_UNAUTHORIZED", "unauthorized: this user is not let in (gateway.auth.trustedProxy.allowUsers)", Review),
        [AuthReason.OidcTokenInvalid] = new(
            "AUTH_UNAUTHORIZED", "unauthorized: the identity provider's token is not valid here (get a token for this gateway)", Correct),
        [AuthReason.OidcTokenExpired] = new("AUTH_UNAUTHORIZED", "unauthorized: the identity provider's token is not valid now (get a new one)", Correct),
        [AuthReason.OidcNoRole] = new(
            "AUTH_UNAUTHORIZED", "unauthorized: none of the user's roles is let in (gateway.auth.oidc.roles)", Review),
        [AuthReason.OidcUnavailable] = new(
            "AUTH_UNAUTHORIZED", "unauthorized: the identity provider cannot be reached (retry later)", "wait_then_retry"),
        [AuthReason.BootstrapTokenInvalid] = new(
            "AUTH_BOOTSTRAP_TOKEN_INVALID", "unauthorized: bootstrap token invalid or expired (scan a fresh setup code)", Correct),
        [AuthReason.DeviceTokenMismatch] = new(
            "AUTH_DEVICE_TOKEN_MISMATCH", "unauthorized: device token mismatch (rotate/reissue device token)", Correct),
        [AuthReason.ScopeMismatch] = new(
            "AUTH_SCOPE_MISMATCH", "unauthorized: device token does not cover the scopes asked for", Correct),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The refusal of a <c>connect</c>.</summary>
    /// <param name="reason">An <see cref="AuthReason"/>.</param>
    /// <param name="canRetryWithDeviceToken">The device has a token of its own that it did not show.</param>
    /// <param name="retryAfterMs">When a further try makes sense; null where only another credential does.</param>
    public static RpcException Of(string reason, bool canRetryWithDeviceToken = false, int? retryAfterMs = null) =>
        new(Error(RpcErrorKind.InvalidRequest, reason, canRetryWithDeviceToken, retryAfterMs));

    /// <summary>The refusal of a login in a dialect without a handshake, and over HTTP.</summary>
    public static RpcError Of(CredentialVerdict verdict) => Error(
        verdict.Reason == AuthReason.RateLimited ? RpcErrorKind.TooMany : RpcErrorKind.Unauthenticated, verdict.Reason!, false, verdict.RetryAfterMs);

    private static RpcError Error(RpcErrorKind kind, string reason, bool canRetryWithDeviceToken, int? retryAfterMs)
    {
        var row = reason.StartsWith(AuthReason.MissingHeaderPrefix, StringComparison.Ordinal) ? Header : Rows.GetValueOrDefault(reason, Other);
        var details = new RefusalDetails(row.Code)
        {
            AuthReason = reason,
            CanRetryWithDeviceToken = canRetryWithDeviceToken,
            RecommendedNextStep = canRetryWithDeviceToken ? "retry_with_device_token" : row.NextStep,
        };
        return new RpcError(kind, row.Message)
        {
            Details = JsonSerializer.SerializeToElement(details, OpenClawJson.Default.RefusalDetails),
            RetryAfterMs = retryAfterMs,
        };
    }

    private sealed record Row(string Code, string Message, string NextStep);
}
