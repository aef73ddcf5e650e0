using Chela.Gateway.Config;
using Chela.Gateway.Hosting;
using Chela.Gateway.Hosting.Security;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Hosting.Security;

/// <summary>Each check of the audit on a setup that has the fault.</summary>
[Trait("Requirement", "A8")]
public sealed class SecurityAuditTests : IDisposable
{
    private const string Token = "gateway-secret-0123456789abcdef";

    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A check, how bad it is there, and the settings that have it.</summary>
    public static TheoryData<string, string, string> Settings => new()
    {
        { "config.invalid", "critical", """{ "gateway": { "port": "many" } }""" },
        { "config.insecure_or_dangerous_flags", "warn", """{ "tools": { "http": { "allowPrivate": true } } }""" },
        { "config.secrets.gateway_password_in_config", "warn", """{ "gateway": { "auth": { "password": "a long password of mine" } } }""" },
        { "config.secrets.plain_text", "warn", $$"""{ "gateway": { "auth": { "token": "{{Token}}" } } }""" },
        { "gateway.bind_no_auth", "critical", """{ "gateway": { "bind": "lan", "auth": { "mode": "none" } } }""" },
        { "gateway.loopback_no_auth", "critical", """{ "gateway": { "auth": { "mode": "none" } } }""" },
        { "gateway.bind_no_tls", "warn", """{ "gateway": { "listeners": [{ "port": 8080, "bind": "0.0.0.0" }] } }""" },
        { "gateway.trusted_proxies_too_wide", "warn", """{ "gateway": { "trustedProxies": ["10.0.0.1", "10.0.0.0/8"] } }""" },
        { "gateway.control_ui.allowed_origins_wildcard", "warn", """{ "gateway": { "controlUi": { "allowedOrigins": ["*"] } } }""" },
        { "gateway.control_ui.allowed_origins_wildcard", "critical", """{ "gateway": { "bind": "lan", "controlUi": { "allowedOrigins": ["*"] } } }""" },
        { "gateway.control_ui.host_header_origin_fallback", "warn", """{ "gateway": { "controlUi": { "dangerouslyAllowHostHeaderOriginFallback": true } } }""" },
        { "gateway.limits_off", "warn", """{ "gateway": { "limits": { "maxChatPerMinute": 0 } } }""" },
        { "summary.attack_surface", "info", "{}" },
        { "gateway.token_too_short", "warn", """{ "gateway": { "auth": { "token": "abcdefghij1234567" } } }""" },
        { "gateway.password_too_short", "warn", """{ "gateway": { "auth": { "password": "correct horse" } } }""" },
        { "gateway.auth_no_rate_limit", "warn", """{ "gateway": { "auth": { "rateLimit": { "maxAttempts": 100, "windowMs": 1000 } } } }""" },
        { "gateway.trusted_proxy_auth", "critical", Proxy("") },
        { "gateway.trusted_proxy_no_allowlist", "warn", Proxy("") },
        { "gateway.trusted_proxy_allow_loopback", "warn", Proxy(""", "allowLoopback": true""") },
        { "gateway.nodes.auto_approve_networks", "warn", """{ "gateway": { "nodes": { "pairing": { "autoApproveCidrs": ["10.0.0.0/8"] } } } }""" },
        { "hooks.token_too_short", "warn", """{ "channels": { "webhook": { "shop": { "secret": "abcdefghij1234567" } } } }""" },
        { "hooks.token_too_short", "warn", Bot("""{ "webhookUrl": "https://chat.example", "webhookSecret": "abcdefghij1234567" }""") },
        { "hooks.token_reuse_gateway_token", "critical", $$"""{ "gateway": { "auth": { "token": "{{Token}}" } }, "channels": { "webhook": { "shop": { "secret": "{{Token}}" } } } }""" },
        { "hooks.url_plain_http", "warn", """{ "channels": { "webhook": { "shop": { "secret": "0123456789abcdef0123456789", "url": "http://shop.example/in" } } } }""" },
        { "diagnostics.prometheus.token_reuse", "critical", $$"""{ "gateway": { "auth": { "token": "{{Token}}" } }, "diagnostics": { "prometheus": { "token": "{{Token}}" } } }""" },
        { "diagnostics.otel.plain_http", "warn", """{ "diagnostics": { "otel": { "enabled": true, "endpoint": "http://collector.example:4318" } } }""" },
        { "tools.exec.sandbox_off", "critical", Exec("""{ "allow": ["git"], "sandbox": "off" }""") },
        { "tools.exec.no_approval", "warn", Exec("""{ "allow": ["git"] }""") },
        { "tools.exec.allowlist_interpreter_without_strict_inline_eval", "warn", Exec("""{ "allow": ["/usr/bin/python3"] }""") },
        { "tools.exec.sandbox_network", "info", Exec("""{ "allow": ["git"], "network": true }""") },
        { "tools.http.private_networks", "warn", """{ "tools": { "http": { "allowPrivate": true } } }""" },
        { "channels.telegram.dm.open", "critical", Bot("""{ "dmPolicy": "open", "allowFrom": ["*"] }""") },
        { "channels.telegram.groups.open", "warn", Bot("""{ "groupPolicy": "open" }""") },
        { "channels.telegram.allowlisted_groups.broad_members", "warn", Bot("""{ "groups": { "-100": {} } }""") },
        { "channels.telegram.plain_http", "critical", Bot("""{ "apiRoot": "http://bots.example" }""") },
        { "channels.slack.dm.open", "critical", Slack("""{ "dmPolicy": "open", "allowFrom": ["*"] }""") },
        { "channels.slack.groups.open", "warn", Slack("""{ "groupPolicy": "open" }""") },
        { "channels.slack.allowlisted_groups.broad_members", "warn", Slack("""{ "groups": { "C1": {} } }""") },
        { "channels.slack.plain_http", "critical", Slack("""{ "apiRoot": "http://apps.example" }""") },
        { "channels.feishu.dm.open", "critical", App("""{ "dmPolicy": "open", "allowFrom": ["*"] }""") },
        { "channels.feishu.groups.open", "warn", App("""{ "groupPolicy": "open" }""") },
        { "channels.feishu.allowlisted_groups.broad_members", "warn", App("""{ "groups": { "oc_1": {} } }""") },
        { "channels.feishu.plain_http", "critical", App("""{ "domain": "http://feishu.example" }""") },
        { "channels.discord.dm.open", "critical", Discord("""{ "dmPolicy": "open", "allowFrom": ["*"] }""") },
        { "channels.discord.groups.open", "warn", Discord("""{ "groupPolicy": "open" }""") },
        { "channels.discord.allowlisted_groups.broad_members", "warn", Discord("""{ "groups": { "900": {} } }""") },
        { "channels.discord.plain_http", "critical", Discord("""{ "apiRoot": "http://bots.example" }""") },
        { "channels.whatsapp.dm.open", "critical", WhatsApp("""{ "dmPolicy": "open", "allowFrom": ["*"] }""") },
        { "channels.whatsapp.plain_http", "critical", WhatsApp("""{ "apiRoot": "http://graph.example" }""") },
        { "models.key_over_http", "critical", """{ "models": { "providers": { "far": { "baseUrl": "http://models.example/v1", "apiKey": "abc" } } } }""" },
        { "mcp.plain_http", "warn", """{ "mcp": { "servers": { "far": { "url": "http://tools.example/mcp" } } } }""" },
        { "logging.trace", "warn", """{ "logging": { "levels": { "agents": "trace" } } }""" },
        { "agents.budget.none", "info", "{}" },
    };

    /// <summary>A check, a file or folder, and the mode with which it has it.</summary>
    public static TheoryData<string, string, string> Modes => new()
    {
        { "fs.state_dir.perms_world_writable", "", "702" },
        { "fs.state_dir.perms_group_writable", "", "720" },
        { "fs.state_dir.perms_readable", "", "750" },
        { "fs.config.perms_writable", "chela.json", "620" },
        { "fs.config.perms_group_readable", "chela.json", "640" },
        { "fs.config.perms_world_readable", "chela.json", "604" },
        { "fs.config_include.perms_writable", "more.json", "602" },
        { "fs.config_include.perms_group_readable", "more.json", "640" },
        { "fs.config_include.perms_world_readable", "more.json", "604" },
        { "fs.secret_file.perms_writable", "gateway.token", "620" },
        { "fs.secret_file.perms_readable", ".env", "640" },
        { "fs.sessions_store.perms_readable", "sessions/", "755" },
        { "fs.log_file.perms_readable", "logs/gateway.log", "644" },
        { "skills.workspace.perms_writable", "workspaces/main/skills/", "770" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task A_risky_setting_is_found(string id, string severity, string settings)
    {
        await WriteAsync("chela.json", settings);

        var report = await AuditAsync();

        var finding = Assert.Single(report.Findings, finding => finding.CheckId == id);
        Assert.Equal(severity, finding.Severity);
        Assert.NotEmpty(finding.Detail);
        Assert.DoesNotContain(Token, string.Join('\n', report.Findings), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task A_file_that_others_reach_is_found_and_closed(string id, string name, string mode)
    {
        await WriteAsync("chela.json", """{ "$include": "more.json" }""");
        await WriteAsync("more.json", "{}");
        var path = name.EndsWith('/') ? Directory.CreateDirectory(_folder.File(name)).FullName : _folder.File(name);
        if (!Path.Exists(path))
        {
            await WriteAsync(name, "");
        }

        SetMode(path, mode);

        var found = await AuditAsync();
        var done = await Audit.MendAsync(Ct);
        var mended = await AuditAsync();

        Assert.Contains(id, Ids(found));
        var isOwn = id.StartsWith("fs.", StringComparison.Ordinal); // what is in the folder of an agent is the agent's
        Assert.Equal(isOwn, done.Any(line => line.StartsWith("chmod ", StringComparison.Ordinal) && line.TrimEnd('/').EndsWith(path.TrimEnd('/'), StringComparison.Ordinal)));
        Assert.Equal(!isOwn, Ids(mended).Contains(id));
    }

    [Fact]
    public async Task Links_and_folders_of_clouds_are_found()
    {
        var state = Directory.CreateDirectory(_folder.File("Dropbox/state")).FullName;
        await WriteAsync("real.json", "{}");
        File.CreateSymbolicLink(Path.Combine(state, "chela.json"), _folder.File("real.json"));
        Directory.CreateSymbolicLink(_folder.File("Dropbox/link"), state);

        var report = await new SecurityAudit(new StatePaths(_folder.File("Dropbox/link")), null, new Dictionary<string, string>(), TimeProvider.System).RunAsync(Ct);

        Assert.Superset(new HashSet<string> { "fs.state_dir.symlink", "fs.config.symlink", "fs.synced_dir" }, Ids(report));
    }

    [Fact]
    public void Programs_without_a_sandbox_on_the_machine_are_found()
    {
        var config = new ChelaConfig { Tools = new ToolsConfig { Allow = ["exec"], Exec = new ExecToolConfig { Allow = ["git"] } } };
        var setup = new AuditedSetup(new StatePaths(_folder.Path), "chela.json", config) { Variables = new Dictionary<string, string>(), HasSandbox = false };

        Assert.Contains("tools.exec.sandbox_missing", ToolRisks.Of(setup).Select(finding => finding.CheckId));
        Assert.DoesNotContain("tools.exec.sandbox_missing", ToolRisks.Of(setup with { HasSandbox = true }).Select(finding => finding.CheckId));
    }

    [Fact]
    public async Task A_setup_as_the_gateway_makes_it_needs_no_attention()
    {
        SetMode(_folder.Path, "700");
        await WriteAsync("chela.json", """{ "agents": { "defaults": { "budget": { "dayCost": 5 } } } }""");

        Assert.Equal(["summary.attack_surface"], Ids(await AuditAsync()));
    }

    [Fact]
    public void Every_check_has_a_trial()
    {
        string[] elsewhere = ["fs.state_dir.symlink", "fs.config.symlink", "fs.synced_dir", "tools.exec.sandbox_missing", "gateway.probe_failed"];

        Assert.Equal(RiskCheck.All.Select(check => check.Id).Order(), Settings.Concat(Modes).Select(row => row.Data.Item1).Concat(elsewhere).Distinct().Order());
    }

    public void Dispose() => _folder.Dispose();

    private SecurityAudit Audit => new(new StatePaths(_folder.Path), null, new Dictionary<string, string>(), TimeProvider.System);

    private Task<SecurityReport> AuditAsync() => Audit.RunAsync(Ct);

    private static HashSet<string> Ids(SecurityReport report) => [.. report.Findings.Select(finding => finding.CheckId)];

    private static string Proxy(string more) =>
        $$$"""{ "gateway": { "trustedProxies": ["10.0.0.1"], "auth": { "mode": "trusted-proxy", "trustedProxy": { "userHeader": "X-User"{{{more}}} } } } }""";

    private static string Bot(string account) =>
        $$"""{ "channels": { "telegram": { "default": {{account[..^1]}}, "botToken": "7000000001:AAE-a_token_for_tests" } } } }""";

    private static string App(string account) =>
        $$"""{ "channels": { "feishu": { "default": {{account[..^1]}}, "appId": "cli_a1b2c3d4e5f6a7b8", "appSecret": "a-secret-of-many-letters" } } } }""";

    private static string Discord(string account) =>
        $$"""{ "channels": { "discord": { "default": {{account[..^1]}}, "token": "a-token-for-tests.and-nobody" } } } }""";

    private static string WhatsApp(string account) =>
        $$"""{ "channels": { "whatsapp": { "default": {{account[..^1]}}, "accessToken": "a-token-of-many-letters", "phoneNumberId": "1", "appSecret": "a-secret-of-many-letters", "verifyToken": "a-verify-token-of-many-letters" } } } }""";

    private static string Slack(string account) =>
        $$"""{ "channels": { "slack": { "default": {{account[..^1]}}, "botToken": "xoxb-1-a-token-for-tests", "appToken": "xapp-1-a-token-for-tests" } } } }""";

    private static string Exec(string settings) => $$"""{ "tools": { "allow": ["exec"], "exec": {{settings}} } }""";

    private async Task WriteAsync(string name, string text)
    {
        var path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text, Ct);
        SetMode(path, "600");
    }

    private static void SetMode(string path, string octal)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(octal, 8));
        }
    }
}
