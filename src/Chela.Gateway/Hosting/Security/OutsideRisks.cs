using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.Security;

/// <summary>What leaves the gateway, and what it may cost.</summary>
internal static class OutsideRisks
{
    private static readonly RiskCheck PlainModels = new("models.key_over_http", RiskCheck.Critical, "the key of a provider goes over the network unencrypted", "Give the provider an https:// address.");
    private static readonly RiskCheck PlainMcp = new("mcp.plain_http", RiskCheck.Warn, "an MCP server is spoken with unencrypted", "Give the server an https:// address.");
    private static readonly RiskCheck PlainOtel = new("diagnostics.otel.plain_http", RiskCheck.Warn, "traces and figures go over the network unencrypted", "Give the collector an https:// address, or run one on this machine.");
    private static readonly RiskCheck PlainHook = new("hooks.url_plain_http", RiskCheck.Warn, "answers are posted unencrypted", "Give the webhook an https:// address.");
    private static readonly RiskCheck TraceLog = new("logging.trace", RiskCheck.Warn, "the log tells more than others should read", "Set logging.level, and what stands in logging.levels, to info; chela logs level --for changes them for a while.");
    private static readonly RiskCheck NoBudget = new("agents.budget.none", RiskCheck.Info, "nothing bounds what an agent may take from its models", "Set agents.defaults.budget, for example dayCost.");

    public static IReadOnlyList<RiskCheck> Checks => [PlainModels, PlainMcp, PlainOtel, PlainHook, TraceLog, NoBudget];

    public static IEnumerable<SecurityFinding> Of(AuditedSetup setup)
    {
        var config = setup.Config;
        return
        [
            .. ModelSettings.Read(config, setup.Variables.GetValueOrDefault, []).Providers
                .Where(provider => provider.Secrets.Any() && IsOpen(provider.Endpoint))
                .Select(provider => PlainModels.Found($"{provider.Name}: {Shown(provider.Endpoint)}")),
            .. config.Mcp.Servers
                .Where(server => server.Value.Enabled != false && IsOpen(server.Value.Url))
                .Select(server => PlainMcp.Found($"mcp.servers.{server.Key}.url{(server.Value.Headers is null ? "" : ", with its headers")}")),
            .. config.Diagnostics.Otel is { Enabled: true } otel && (IsOpen(otel.AddressOfTraces()) || IsOpen(otel.AddressOfMetrics()))
                ? [PlainOtel.Found("diagnostics.otel")] : Array.Empty<SecurityFinding>(),
            .. config.Channels.Webhook.Where(account => IsOpen(account.Value.Url)).Select(account => PlainHook.Found($"channels.webhook.{account.Key}.url")),
            .. Traced(config.Logging) is { Length: > 0 } traced ? [TraceLog.Found(string.Join(", ", traced))] : Array.Empty<SecurityFinding>(),
            .. config.Agents.Ids.Where(id => config.Agents.Of(id).Budget is { RunTokens: null, RunCost: null, DayTokens: null, DayCost: null }).ToArray() is { Length: > 0 } free
                ? [NoBudget.Found($"agents: {string.Join(", ", free)}")] : Array.Empty<SecurityFinding>(),
        ];
    }

    private static string[] Traced(LoggingConfig logging) =>
    [
        .. logging.Level == LoggingConfig.Trace ? ["logging.level is trace"] : Array.Empty<string>(),
        .. logging.Levels.Where(slice => slice.Value == LoggingConfig.Trace).Select(slice => $"logging.levels.{slice.Key} is trace"),
    ];

    private static bool IsOpen(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var url) && IsOpen(url);

    private static bool IsOpen(Uri address) => address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback;

    private static string Shown(Uri address) => address.GetLeftPart(UriPartial.Authority).Replace($"{address.UserInfo}@", "", StringComparison.Ordinal);
}
