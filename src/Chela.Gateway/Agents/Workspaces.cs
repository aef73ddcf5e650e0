using Chela.Gateway.Config;

namespace Chela.Gateway.Agents;

/// <summary>The folders in which agents work.</summary>
/// <param name="config">Names those that are not the usual.</param>
/// <param name="root">Where the others are.</param>
internal sealed class Workspaces(ConfigStore config, string root)
{
    /// <summary>An agent's folder, which is made where it is missing: the configured one, else one below the root.</summary>
    public string Of(string agentId) => Directory.CreateDirectory(PathOf(agentId)).FullName;

    /// <summary>Where that folder is, or would be.</summary>
    public string PathOf(string agentId) => config.Current.Config.Agents.Of(agentId).Workspace ?? Path.Combine(root, agentId);
}
