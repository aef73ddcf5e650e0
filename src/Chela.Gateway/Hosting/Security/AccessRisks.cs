using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.Security;

/// <summary>Credentials that are weak, and ways past them.</summary>
internal static class AccessRisks
{
    private const int LongToken = 24;
    private const int LongPassword = 16;

    private static readonly RiskCheck ShortToken = new("gateway.token_too_short", RiskCheck.Warn, "the token is short", $"Give it {LongToken} random characters or more: openssl rand -hex 32; or remove it, and the gateway makes one.");
    private static readonly RiskCheck ShortPassword = new("gateway.password_too_short", RiskCheck.Warn, "the password is short", $"Give it {LongPassword} characters or more.");
    private static readonly RiskCheck ManyAttempts = new("gateway.auth_no_rate_limit", RiskCheck.Warn, "wrong credentials may be tried often", "Leave gateway.auth.rateLimit at its defaults.");
    private static readonly RiskCheck ProxyAuth = new("gateway.trusted_proxy_auth", RiskCheck.Critical, "a proxy says who users are", "See that nobody reaches the gateway past the proxy, and that the proxy removes its headers from what clients send.");
    private static readonly RiskCheck AnyProxyUser = new("gateway.trusted_proxy_no_allowlist", RiskCheck.Warn, "every user whom the proxy names is let in", "List the users in gateway.auth.trustedProxy.allowUsers.");
    private static readonly RiskCheck LocalProxy = new("gateway.trusted_proxy_allow_loopback", RiskCheck.Warn, "every program on this machine can say that it is any user", "Turn gateway.auth.trustedProxy.allowLoopback off.");
    private static readonly RiskCheck AutoNodes = new("gateway.nodes.auto_approve_networks", RiskCheck.Warn, "devices of whole networks are admitted without asking", "Empty gateway.nodes.pairing.autoApproveCidrs, and approve devices with chela devices approve.");
    private static readonly RiskCheck ShortHook = new("hooks.token_too_short", RiskCheck.Warn, "the secret of a webhook is short", $"Give it {LongToken} random characters or more.");
    private static readonly RiskCheck SameHook = new("hooks.token_reuse_gateway_token", RiskCheck.Critical, "a webhook has the gateway's own secret", "Give it another one: whoever knows it can do everything.");
    private static readonly RiskCheck SameMetrics = new("diagnostics.prometheus.token_reuse", RiskCheck.Critical, "/metrics is opened by the gateway's own secret", "Give diagnostics.prometheus.token another value.");

    public static IReadOnlyList<RiskCheck> Checks =>
        [ShortToken, ShortPassword, ManyAttempts, ProxyAuth, AnyProxyUser, LocalProxy, AutoNodes, ShortHook, SameHook, SameMetrics];

    public static IEnumerable<SecurityFinding> Of(AuditedSetup setup)
    {
        var (config, auth) = (setup.Config, setup.Config.Gateway.Auth);
        return
        [
            .. If(auth.Token?.Length < LongToken, ShortToken, "gateway.auth.token"),
            .. If(auth.Password?.Length < LongPassword, ShortPassword, "gateway.auth.password"),
            .. If(IsLoose(auth.RateLimit), ManyAttempts, $"gateway.auth.rateLimit: {auth.RateLimit.MaxAttempts} attempts in {auth.RateLimit.WindowMs} ms, then {auth.RateLimit.LockoutMs} ms"),
            .. auth.ModeInForce() == AuthMode.TrustedProxy ? Proxy(auth.TrustedProxy) : [],
            .. If(config.Gateway.Nodes.Pairing.AutoApproveCidrs.Count > 0, AutoNodes, $"gateway.nodes.pairing.autoApproveCidrs: {string.Join(", ", config.Gateway.Nodes.Pairing.AutoApproveCidrs)}"),
            .. config.Channels.Webhook.SelectMany(account => Hook($"channels.webhook.{account.Key}.secret", account.Value.Secret, auth)),
            .. config.Channels.Webhook.SelectMany(account => Hook($"channels.webhook.{account.Key}.token", account.Value.Token, auth)),
            .. config.Channels.Telegram.SelectMany(account => Hook($"channels.telegram.{account.Key}.webhookSecret", account.Value.WebhookSecret, auth)),
            .. config.Channels.Feishu.SelectMany(account => Hook($"channels.feishu.{account.Key}.encryptKey", account.Value.EncryptKey, auth)),
            .. config.Channels.WhatsApp.SelectMany(account => Hook($"channels.whatsapp.{account.Key}.appSecret", account.Value.AppSecret, auth)),
            .. If(IsOwn(config.Diagnostics.Prometheus.Token, auth), SameMetrics, "diagnostics.prometheus.token"),
        ];
    }

    private static IEnumerable<SecurityFinding> Proxy(TrustedProxyConfig proxy) =>
    [
        ProxyAuth.Found("gateway.auth.mode is trusted-proxy"),
        .. If(proxy.AllowUsers.Count == 0, AnyProxyUser, "gateway.auth.trustedProxy.allowUsers is empty"),
        .. If(proxy.AllowLoopback, LocalProxy, "gateway.auth.trustedProxy.allowLoopback is true"),
    ];

    private static IEnumerable<SecurityFinding> Hook(string key, string? secret, GatewayAuthConfig auth) =>
        [.. If(secret?.Length < LongToken, ShortHook, key), .. If(IsOwn(secret, auth), SameHook, key)];

    /// <summary>A try in every second, or a lock-out that is over soon.</summary>
    private static bool IsLoose(AuthRateLimitConfig limit) => limit.MaxAttempts * 1000L / limit.WindowMs >= 1 || limit.LockoutMs < 30_000;

    private static bool IsOwn(string? secret, GatewayAuthConfig auth) => secret is not null && (secret == auth.Token || secret == auth.Password);

    private static IEnumerable<SecurityFinding> If(bool? so, RiskCheck check, string detail) => so == true ? [check.Found(detail)] : [];
}
