using System.Text.Json;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.Security;

/// <summary>What a misled model could do with its tools.</summary>
internal static class ToolRisks
{
    private static readonly RiskCheck NoSandbox = new("tools.exec.sandbox_off", RiskCheck.Critical, "agents run programs without a sandbox", "Set tools.exec.sandbox to required.");
    private static readonly RiskCheck SandboxMissing = new("tools.exec.sandbox_missing", RiskCheck.Critical, "agents run programs, and there is no sandbox on this machine", "Install bubblewrap (apt install bubblewrap), and set tools.exec.sandbox to required.");
    private static readonly RiskCheck NotAsked = new("tools.exec.no_approval", RiskCheck.Warn, "agents run programs without asking anybody", "List exec in tools.ask.");
    private static readonly RiskCheck Interpreter = new("tools.exec.allowlist_interpreter_without_strict_inline_eval", RiskCheck.Warn, "a program that may be run runs any other", "Take interpreters and shells out of tools.exec.allow.");
    private static readonly RiskCheck SandboxNetwork = new("tools.exec.sandbox_network", RiskCheck.Info, "programs in the sandbox reach the network", "Turn tools.exec.network off where they need none.");
    private static readonly RiskCheck PrivateHosts = new("tools.http.private_networks", RiskCheck.Warn, "agents fetch from this machine and its networks", "Turn tools.http.allowPrivate off, or list the hosts in tools.http.allowedHosts.");

    private static readonly ToolDescription Exec = new("exec", "", default(JsonElement)) { Risk = ToolRisk.High };

    private static readonly string[] Interpreters =
    [
        "sh", "bash", "dash", "zsh", "fish", "ksh", "busybox", "env", "xargs", "python", "python3", "node", "deno", "bun", "perl", "ruby", "php", "lua", "awk", "gawk", "sudo", "ssh", "docker", "make",
    ];

    public static IReadOnlyList<RiskCheck> Checks => [NoSandbox, SandboxMissing, NotAsked, Interpreter, SandboxNetwork, PrivateHosts];

    /// <summary>True where an agent may run programs.</summary>
    public static bool RunsPrograms(ChelaConfig config) => AgentsWith(config, ToolPermission.Ask).Any();

    public static IEnumerable<SecurityFinding> Of(AuditedSetup setup) =>
    [
        .. RunsPrograms(setup.Config) ? OfExec(setup) : [],
        .. setup.Config.Tools.Http is { AllowPrivate: true, AllowedHosts: null } ? [PrivateHosts.Found("tools.http.allowPrivate is true, for every host")] : Array.Empty<SecurityFinding>(),
    ];

    private static IEnumerable<SecurityFinding> OfExec(AuditedSetup setup)
    {
        var exec = setup.Config.Tools.Exec;
        var programs = string.Join(", ", exec.Allow ?? []);
        if (exec.Sandbox == ExecToolConfig.Off)
        {
            yield return NoSandbox.Found($"tools.exec.sandbox is off; allowed are {programs}");
        }

        if (exec.Sandbox == ExecToolConfig.Auto && setup.HasSandbox == false)
        {
            yield return SandboxMissing.Found($"tools.exec.sandbox is auto, and bubblewrap is not installed or not permitted; allowed are {programs}");
        }

        if (AgentsWith(setup.Config, ToolPermission.Allow).ToArray() is { Length: > 0 } agents)
        {
            yield return NotAsked.Found($"agents: {string.Join(", ", agents)}; allowed are {programs}");
        }

        if (exec.Allow?.Where(program => Interpreters.Contains(Path.GetFileName(program))).ToArray() is { Length: > 0 } interpreters)
        {
            yield return Interpreter.Found($"tools.exec.allow: {string.Join(", ", interpreters)}");
        }

        if (exec is { Network: true, Sandbox: not ExecToolConfig.Off })
        {
            yield return SandboxNetwork.Found("tools.exec.network is true");
        }
    }

    private static IEnumerable<string> AgentsWith(ChelaConfig config, ToolPermission most) =>
        config.Tools.Exec.Allow is { Count: > 0 } ? config.Agents.Ids.Where(id => ToolPolicy.Of(Exec, config, id, null) <= most) : [];
}
