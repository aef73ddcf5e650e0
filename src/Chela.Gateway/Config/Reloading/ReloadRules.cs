namespace Chela.Gateway.Config.Reloading;

/// <summary>What becomes of a setting that changes while the gateway runs; a later one is the stronger.</summary>
internal enum ReloadKind
{
    /// <summary>Nothing has to be done: the gateway does not read it.</summary>
    None,

    /// <summary>It is in force at once.</summary>
    Hot,

    /// <summary>It stays as it was until the gateway is restarted.</summary>
    Restart,
}

/// <summary>What becomes of the settings below one key.</summary>
/// <param name="Prefix">The dotted key; what it says holds for all below it that no longer rule names.</param>
/// <param name="Effect">From when on, for people.</param>
internal sealed record ReloadRule(string Prefix, ReloadKind Kind, string Effect)
{
    /// <summary>The names on the way to the key.</summary>
    public IReadOnlyList<string> Segments { get; } = Prefix.Split('.');
}

/// <summary>The one table that says of every key what becomes of it when it changes. The rule with the longest prefix decides.</summary>
internal static class ReloadRules
{
    private const string Listening = "with the sockets that it listens on";
    private const string NewSecret = "connections that came in with the former secret are closed; with another mode, or without the setting, it needs a restart";
    private const string NextRequest = "for the next request";
    private const string Places = "for runs that wait; what runs goes on to its end";
    private const string NextRun = "for runs that begin from then on";

    private static readonly string[][] Secrets = [["gateway", "auth", "token"], ["gateway", "auth", "password"]];

    public static IReadOnlyList<ReloadRule> All { get; } =
    [
        new("$schema", ReloadKind.None, "it is for editors"),
        new("meta", ReloadKind.None, "it is for other versions of the gateway"),
        new("gateway.port", ReloadKind.Restart, Listening),
        new("gateway.bind", ReloadKind.Restart, Listening),
        new("gateway.customBindHost", ReloadKind.Restart, Listening),
        new("gateway.listeners", ReloadKind.Restart, Listening),
        new("gateway.tls", ReloadKind.Restart, Listening),
        new("gateway.http", ReloadKind.Hot, NextRequest),
        new("gateway.hosts", ReloadKind.Hot, NextRequest),
        new("gateway.allowedAddresses", ReloadKind.Hot, "for the next request; sockets that are open stay"),
        new("gateway.trustedProxies", ReloadKind.Hot, NextRequest),
        new("gateway.controlUi", ReloadKind.Hot, NextRequest),
        new("gateway.auth.mode", ReloadKind.Restart, "with the kind of credential"),
        new("gateway.auth.token", ReloadKind.Hot, NewSecret),
        new("gateway.auth.password", ReloadKind.Hot, NewSecret),
        new("gateway.auth.identityScopes", ReloadKind.Hot, "for the next login"),
        new("gateway.auth.trustedProxy", ReloadKind.Hot, "for the next login"),
        new("gateway.auth.oidc", ReloadKind.Hot, "for the next login"),
        new("gateway.auth.oidc.issuer", ReloadKind.Restart, "with the keys of the provider"),
        new("gateway.auth.rateLimit", ReloadKind.Hot, "for the next wrong credential"),
        new("gateway.limits", ReloadKind.Hot, "for connections that are made from then on"),
        new("gateway.limits.handshakeTimeoutMs", ReloadKind.Restart, Listening),
        new("gateway.limits.maxPayload", ReloadKind.Restart, Listening),
        new("gateway.events", ReloadKind.Restart, "with the room for past events"),
        new("gateway.nodes", ReloadKind.Hot, "for the next device that asks"),
        new("gateway.tickIntervalMs", ReloadKind.Hot, "for the next tick"),
        new("gateway.reload", ReloadKind.Hot, "for the next change of the file"),
        new("agents", ReloadKind.Hot, NextRun),
        new("agents.defaults.maxConcurrent", ReloadKind.Hot, Places),
        new("agents.defaults.subagents.maxConcurrent", ReloadKind.Hot, Places),
        new("bindings", ReloadKind.Hot, "for messages that are accepted from then on"),
        new("models", ReloadKind.Hot, NextRun),
        new("tools", ReloadKind.Hot, "for the next use of a tool"),
        new("memory", ReloadKind.Hot, "for the next search"),
        new("skills", ReloadKind.Hot, NextRun),
        new("mcp", ReloadKind.Hot, "servers that changed are left and connected anew, others stay connected"),
        new("session", ReloadKind.Hot, "for the next message, and the next time sessions are looked through"),
        new("attachments", ReloadKind.Hot, "for the next file"),
        new("messages", ReloadKind.Hot, "for the next message"),
        new("commands", ReloadKind.Hot, "for the next command"),
        new("channels.webhook", ReloadKind.Hot, "for the next request and the next answer of the account; others notice nothing"),
        new("channels.telegram", ReloadKind.Hot, "the account that changed connects anew; others notice nothing"),
        new("channels.slack", ReloadKind.Hot, "the account that changed connects anew; others notice nothing"),
        new("channels.feishu", ReloadKind.Hot, "the account that changed connects anew; others notice nothing"),
        new("channels.whatsapp", ReloadKind.Hot, "the account that changed connects anew; others notice nothing"),
        new("channels.sidecar", ReloadKind.Hot, "the program whose settings changed starts anew; others notice nothing"),
        new("channels.plugin", ReloadKind.Hot, "the account that changed connects anew; others notice nothing"),
        new("channels.discord", ReloadKind.Hot, "the account that changed connects anew; others notice nothing"),
        new("diagnostics", ReloadKind.Restart, "with the figures that are kept"),
        new("logging", ReloadKind.Hot, "for what happens from then on"),
    ];

    /// <summary>What becomes of a setting that changed from one configuration to another.</summary>
    public static ReloadKind KindOf(ConfigPath path, GatewayAuthConfig before, GatewayAuthConfig after) =>
        Secrets.Any(key => path.IsWithin(key) || path.IsAround(key)) && !after.IsSameKindAs(before) ? ReloadKind.Restart : KindOf(path);

    /// <summary>What becomes of a setting that changed; of one that holds others, the strongest of what becomes of these.</summary>
    public static ReloadKind KindOf(ConfigPath path)
    {
        var above = All.Where(rule => path.IsWithin(rule.Segments)).MaxBy(rule => rule.Segments.Count);
        var below = All.Where(rule => path.IsAround(rule.Segments)).Select(rule => rule.Kind);
        return below.Append(above?.Kind ?? ReloadKind.None).Append(above is null && !below.Any() ? ReloadKind.Restart : ReloadKind.None).Max();
    }
}
