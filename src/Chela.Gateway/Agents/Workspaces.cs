using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Agents;

/// <summary>The folders in which agents work.</summary>
/// <param name="config">Names those that are not the usual.</param>
/// <param name="root">Where the others are.</param>
internal sealed class Workspaces(ConfigStore config, string root)
{
    /// <summary>An agent's folder, which is made where it is missing: the configured one, else one below the root.</summary>
    public string Of(string agentId) => Directory.CreateDirectory(PathOf(agentId)).FullName;

    /// <summary>Where the folder of an agent is that a caller has named.</summary>
    /// <exception cref="RpcException">There is no such agent.</exception>
    public string PathFor(string agentId) => config.Current.Config.Agents.Has(agentId)
        ? PathOf(agentId)
        : throw new RpcException(RpcErrorKind.NotFound, $"unknown agent id \"{JsonText.Show(agentId)}\"; agents.list names those that there are");

    /// <summary>Where that folder is, or would be.</summary>
    public string PathOf(string agentId) => config.Current.Config.Agents.Of(agentId).Workspace ?? Path.Combine(root, agentId);
}
