using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.Security;

/// <summary>Who can reach the gateway, and whose word is taken for who they are.</summary>
internal static class NetworkRisks
{
    /// <summary>A network of more addresses than this many bits name holds more than proxies.</summary>
    private const int WidestPrefix4 = 16, WidestPrefix6 = 48;

    private static readonly RiskCheck OpenWithoutAuth = new("gateway.bind_no_auth", RiskCheck.Critical, "other machines reach the gateway without a credential", "Set gateway.auth.mode, or gateway.bind to loopback.");
    private static readonly RiskCheck LocalWithoutAuth = new("gateway.loopback_no_auth", RiskCheck.Critical, "every program and user of this machine can use the gateway", "Set gateway.auth.mode to token.");
    private static readonly RiskCheck OpenWithoutTls = new("gateway.bind_no_tls", RiskCheck.Warn, "other machines reach the gateway without encryption", "Set gateway.tls.enabled, or gateway.bind to loopback behind a proxy with TLS or a VPN.");
    private static readonly RiskCheck WideProxies = new("gateway.trusted_proxies_too_wide", RiskCheck.Warn, "a whole network is trusted as a proxy", "Name the addresses of the proxies in gateway.trustedProxies: who is trusted can claim to be any client.");
    private static readonly RiskCheck AnyOrigin = new("gateway.control_ui.allowed_origins_wildcard", RiskCheck.Warn, "every web page may speak with the gateway", "Name the pages in gateway.controlUi.allowedOrigins.");
    private static readonly RiskCheck HostIsOrigin = new("gateway.control_ui.host_header_origin_fallback", RiskCheck.Warn, "a page is believed by the Host header that it came with", "Turn gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback off, and name the pages in gateway.controlUi.allowedOrigins.");
    private static readonly RiskCheck NoLimits = new("gateway.limits_off", RiskCheck.Warn, "runs are not limited", "Set gateway.limits.maxChatPerMinute and maxChatPerMinutePerAddress: each run costs money.");
    private static readonly RiskCheck Surface = new("summary.attack_surface", RiskCheck.Info, "what can be attacked", "Nothing, if you want it so.");

    public static IReadOnlyList<RiskCheck> Checks => [OpenWithoutAuth, LocalWithoutAuth, OpenWithoutTls, WideProxies, AnyOrigin, HostIsOrigin, NoLimits, Surface];

    public static IEnumerable<SecurityFinding> Of(AuditedSetup setup)
    {
        var gateway = setup.Config.Gateway;
        string[] open = [.. Binds(gateway).Where(bind => IsOpen(bind.Where, gateway.CustomBindHost)).Select(bind => $"{bind.Key}: {bind.Where}")];
        var worse = open.Length > 0 ? RiskCheck.Critical : null;
        return
        [
            .. Credential(gateway, open),
            .. If(open.Length > 0 && !gateway.Tls.Enabled, () => OpenWithoutTls.Found(string.Join(", ", open))),
            .. If(gateway.TrustedProxies.Any(IsWide), () => WideProxies.Found(string.Join(", ", gateway.TrustedProxies.Where(IsWide)))),
            .. If(gateway.ControlUi.AllowedOrigins.Contains("*"), () => AnyOrigin.Found("gateway.controlUi.allowedOrigins holds *", worse)),
            .. If(gateway.ControlUi.DangerouslyAllowHostHeaderOriginFallback, () => HostIsOrigin.Found("gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback is true", worse)),
            .. If(
                gateway.Limits.MaxChatPerMinute == 0 || gateway.Limits.MaxChatPerMinutePerAddress == 0,
                () => NoLimits.Found($"gateway.limits: maxChatPerMinute {gateway.Limits.MaxChatPerMinute}, maxChatPerMinutePerAddress {gateway.Limits.MaxChatPerMinutePerAddress}; 0 is no limit")),
            Surface.Found(SurfaceOf(setup.Config, open)),
        ];
    }

    private static IEnumerable<SecurityFinding> Credential(GatewayConfig gateway, string[] open) => gateway.Auth.ModeInForce() != AuthMode.None
        ? []
        : [open.Length > 0 ? OpenWithoutAuth.Found(string.Join(", ", open)) : LocalWithoutAuth.Found("gateway.auth.mode is none")];

    private static string SurfaceOf(ChelaConfig config, string[] open) => string.Create(CultureInfo.InvariantCulture, $"""
        {(open.Length == 0 ? "this machine only" : $"other machines by {string.Join(", ", open)}")}; credential: {config.Gateway.Auth.ModeInForce()}; TLS: {(config.Gateway.Tls.Enabled ? "on" : "off")}; agents: {config.Agents.Ids.Count()}; webhooks: {config.Channels.Webhook.Count}; MCP servers: {config.Mcp.Servers.Count}; programs that may be run: {config.Tools.Exec.Allow?.Count ?? 0}
        """);

    private static IEnumerable<(string Key, string Where)> Binds(GatewayConfig gateway) => gateway.Listeners.Index()
        .Select(extra => (string.Create(CultureInfo.InvariantCulture, $"gateway.listeners[{extra.Index}]"), extra.Item.Bind ?? gateway.Bind))
        .Prepend(("gateway.bind", gateway.Bind));

    private static bool IsOpen(string bind, string? customHost)
    {
        try
        {
            return ListenAddress.Of(bind, customHost, ListenAddress.Local).Any(address => !IPAddress.IsLoopback(address));
        }
        catch (StartException)
        {
            return true; // an address that this machine has not now, but may have when the gateway starts
        }
    }

    private static bool IsWide(string range) =>
        range.Split('/') is [var address, var prefix]
        && IPAddress.TryParse(address, out var network)
        && int.Parse(prefix, CultureInfo.InvariantCulture) < (network.AddressFamily == AddressFamily.InterNetwork ? WidestPrefix4 : WidestPrefix6);

    private static IEnumerable<SecurityFinding> If(bool so, Func<SecurityFinding> finding) => so ? [finding()] : [];
}
