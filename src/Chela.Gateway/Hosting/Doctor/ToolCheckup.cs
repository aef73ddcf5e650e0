using Chela.Gateway.Agents.Tools.Exec;
using Chela.Gateway.Config;
using Chela.Gateway.Plugins;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>Programs that agents need: a sandbox, those that they may run, servers of tools; and channels.</summary>
internal static class ToolCheckup
{
    private static readonly DoctorCheck Sandbox = new("tools.sandbox", "whether programs can be run in a sandbox, where agents may run any");
    private static readonly DoctorCheck Programs = new("tools.programs", "whether the programs that may be run are installed");
    private static readonly DoctorCheck Mcp = new("mcp.command", "whether the programs of MCP servers are installed");
    private static readonly DoctorCheck Webhook = new("channels.webhook", "whether answers of a webhook go anywhere");

    private static readonly DoctorCheck Plugin = new("channels.plugin", "whether the plugins that accounts name are there as they should be; their code is not run");

    public static IReadOnlyList<DoctorCheck> Checks => [Sandbox, Programs, Mcp, Webhook, Plugin];

    public static IEnumerable<DoctorFinding> Run(Patient patient)
    {
        var (config, path) = (patient.Config, patient.Setup.Variables.GetValueOrDefault("PATH") ?? "");
        return
        [
            .. patient.Setup.HasSandbox is { } works ? OfExec(config.Tools.Exec, works) : [],
            .. config.Mcp.Servers.Where(server => server.Value is { Command: not null, Enabled: not false }).Select(server => OfServer(server.Key, server.Value.Command!, path)),
            .. config.Channels.Webhook.Where(account => account.Value.Url is null)
                .Select(account => Webhook.Note($"answers to {account.Key} stay in the transcript", $"channels.webhook.{account.Key}.url")),
            .. config.Channels.Plugin.Values.Where(account => account.Runs()).Select(account => account.Plugin).Distinct(StringComparer.Ordinal)
                .Select(id => OfPlugin(id, patient.Paths.PluginsDirectory)),
        ];
    }

    private static IEnumerable<DoctorFinding> OfExec(ExecToolConfig exec, bool works)
    {
        const string remedy = "apt install bubblewrap; tools.exec.sandbox says what becomes of programs without it";
        yield return works || exec.Sandbox == ExecToolConfig.Off ? Sandbox.Ok(works ? "programs can be run in a sandbox" : "tools.exec.sandbox is off")
            : exec.Sandbox == ExecToolConfig.Required ? Sandbox.Error("bubblewrap is not installed or not permitted, so no program is run", remedy)
            : Sandbox.Warning("bubblewrap is not installed or not permitted, so programs run without a sandbox", remedy);
        string[] missing = [.. (exec.Allow ?? []).Where(program => program.StartsWith('/') ? !File.Exists(program) : AllowedPrograms.InSystem(program) is null)];
        if (missing.Length > 0)
        {
            yield return Programs.Warning($"not installed are {string.Join(", ", missing)}", "install them, or take them out of tools.exec.allow");
        }
    }

    private static DoctorFinding OfServer(string name, string command, string path) => IsInstalled(command, path)
        ? Mcp.Ok($"the program of {name} is installed")
        : Mcp.Error($"the program of {name} is not installed, or not on the PATH: {Schema.JsonText.Show(command)}", $"mcp.servers.{name}.command");

    private static DoctorFinding OfPlugin(string id, string plugins)
    {
        try
        {
            new PluginFolder(plugins, id).Read();
            return Plugin.Ok($"the plugin {id} is there");
        }
        catch (PluginException e)
        {
            return Plugin.Error(e.Problem, e.Remedy);
        }
    }

    private static bool IsInstalled(string command, string path) => command.Contains('/', StringComparison.Ordinal)
        ? File.Exists(command)
        : path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, command)));
}
