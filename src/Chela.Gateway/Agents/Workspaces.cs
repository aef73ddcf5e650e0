using System.Globalization;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Agents;

/// <summary>The folders in which agents work.</summary>
/// <param name="config">Names those that are not the usual.</param>
/// <param name="root">Where the others are.</param>
internal sealed class Workspaces(ConfigStore config, string root)
{
    /// <summary>The folder below the root for those of agents that are gone; no agent can have such an id.</summary>
    private const string Aside = ".trash";

    /// <summary>An agent's folder, which is made where it is missing: the configured one, else one below the root.</summary>
    public string Of(string agentId) => Directory.CreateDirectory(PathOf(agentId)).FullName;

    /// <summary>Where the folder of an agent is that a caller has named.</summary>
    /// <exception cref="RpcException">There is no such agent.</exception>
    public string PathFor(string agentId) => config.Current.Config.Agents.Has(agentId)
        ? PathOf(agentId)
        : throw new RpcException(RpcErrorKind.NotFound, $"unknown agent id \"{JsonText.Show(agentId)}\"; agents.list names those that there are");

    /// <summary>Where that folder is, or would be.</summary>
    public string PathOf(string agentId) => config.Current.Config.Agents.Of(agentId).Workspace ?? UsualPathOf(agentId);

    /// <summary>Where it is for an agent that names none of its own.</summary>
    public string UsualPathOf(string agentId) => Path.Combine(root, agentId);

    /// <summary>True where another agent works in the usual folder of this one, or in one around it or in it.</summary>
    public bool IsShared(string agentId) => config.Current.Config.Agents.List.Any(
        other => other.Workspace is { } path && other.Id != agentId && (IsWithin(path, UsualPathOf(agentId)) || IsWithin(UsualPathOf(agentId), path)));

    /// <summary>Moves the usual folder of an agent that is gone out of the way.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public void PutAside(string agentId, DateTimeOffset now)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, Aside)).FullName;
        var stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff", CultureInfo.InvariantCulture);
        Directory.Move(UsualPathOf(agentId), Path.Combine(folder, $"{agentId}.{stamp}"));
    }

    private static bool IsWithin(string path, string folder) =>
        $"{Path.GetFullPath(path)}{Path.DirectorySeparatorChar}".StartsWith($"{Path.GetFullPath(folder)}{Path.DirectorySeparatorChar}", StringComparison.Ordinal);
}
