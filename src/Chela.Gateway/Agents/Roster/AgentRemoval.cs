using Chela.Contracts.Errors;
using Chela.Gateway.Agents.Memory;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;

namespace Chela.Gateway.Agents.Roster;

/// <summary>
/// Takes an agent out of the configuration, stops its runs and, where that is wanted, removes what it leaves behind. An agent that is gone
/// already, by a call that was cut off or by hand, has only the latter.
/// </summary>
internal sealed class AgentRemoval(ConfigStore config, ConfigWriter writer, Workspaces workspaces, AgentLeavings leavings, PassageVectors vectors)
{
    /// <exception cref="RpcException">There is no such agent and nothing of it, it is the only one, or the configuration cannot be changed.</exception>
    public async Task<AgentsDeleteResult> RemoveAsync(string by, string id, bool withFiles, CancellationToken ct)
    {
        var isThere = config.Current.Config.Agents.Has(id);
        if (!isThere && !(withFiles && leavings.Any(id)))
        {
            throw AgentEdits.NotFound(id);
        }

        // Where it works is known only as long as it is there.
        var (own, hadFolder) = (config.Current.Config.Agents.Of(id).Workspace, Directory.Exists(workspaces.UsualPathOf(id)));
        var bindings = 0;
        await writer.ChangeAsync(by, now =>
        {
            bindings = now.Config.Bindings.Count(binding => binding.AgentId == id);
            return AgentEdits.Remove(now.Config, id);
        }, ct);

        // From here on nobody can call it back: what is half removed can be removed by the same call again.
        await leavings.StopAsync(id);
        var grants = await leavings.ForgetGrantsAsync(id);
        var result = new AgentsDeleteResult(true, id, bindings);
        if (!withFiles)
        {
            return result with { Failed = grants is null ? null : [grants] };
        }

        if (!await leavings.RemoveSessionsAsync(id))
        {
            return result with { PurgeFailed = true, Removed = [], Failed = grants is null ? [] : [grants] };
        }

        var folder = leavings.PutFolderAside(id);
        vectors.Forget(id);
        var path = workspaces.UsualPathOf(id);
        var outside = own is null ? null : new FailedPath(own, "it does not lie where the gateway keeps the folders of agents; remove it yourself");
        return result with
        {
            Removed = folder is not null || (own is not null && !hadFolder) ? [] : [new RemovedPath(path, hadFolder ? "trash" : "missing")],
            Failed = [.. new[] { grants, folder, outside }.OfType<FailedPath>()],
        };
    }
}
