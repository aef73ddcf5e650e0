using Chela.Contracts.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Hosting;

/// <summary>Parameters of <c>config.status</c>: none.</summary>
internal sealed record ConfigStatusParams;

/// <summary>How the file stands to what is in force.</summary>
/// <param name="Mode">What becomes of a file that is changed: <c>gateway.reload.mode</c>.</param>
/// <param name="Hash">What <c>config.get</c> calls what is in force.</param>
/// <param name="Valid">Whether a gateway would start with the file as it was last read.</param>
/// <param name="Issues">Why not.</param>
/// <param name="RestartNeeded">The settings that it changes and that stay as they were until the gateway is restarted.</param>
/// <param name="ReadAtMs">When it was last good, Unix milliseconds.</param>
internal sealed record ConfigStatus(
    string Path, string Mode, string Hash, bool Valid, IReadOnlyList<ConfigIssue> Issues, IReadOnlyList<string> RestartNeeded, long ReadAtMs);

/// <summary>One mistake in the configuration.</summary>
/// <param name="Path">The dotted key; empty where the file as a whole is at fault.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record ConfigIssue(string Path, string Message)
{
    /// <summary>Where it stands: file, line and column, or the name of a variable or an option.</summary>
    public string? Place { get; init; }

    public static ConfigIssue Of(ConfigProblem problem) => new(problem.Path, problem.Message) { Place = problem.Place };
}

/// <summary>Says whether the file is what is in force, and why not.</summary>
internal sealed class ConfigStatusMethods(ConfigStore config, ConfigFile file, ConfigReload reload, ConfigRevisions revisions) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = HostingJson.Default;
        methods.Add(MethodMap.Method("config.status", OperatorScopes.Read, json.ConfigStatusParams, json.ConfigStatus, Status) with
        {
            Summary = "Whether the configuration file is what is in force, and why not.",
        });
    }

    private ValueTask<ConfigStatus> Status(ConfigStatusParams parameters, CallContext context, CancellationToken ct)
    {
        var (snapshot, state) = (config.Current, reload.State);
        return new(new ConfigStatus(
            snapshot.FilePath,
            snapshot.Config.Gateway.Reload.Mode,
            revisions.Of(file.Content),
            state.Problems.Count == 0,
            [.. state.Problems.Select(ConfigIssue.Of)],
            [.. state.RestartNeeded.Select(path => path.ToString())],
            state.ReadAtMs));
    }
}
