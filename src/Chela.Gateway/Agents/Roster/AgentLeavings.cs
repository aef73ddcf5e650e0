using Chela.Contracts.Errors;
using Chela.Gateway.Agents.Approvals;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Roster;

/// <summary>What is left of an agent that is not in the configuration any more: runs, sessions, its folder, what it was allowed for good.</summary>
internal sealed class AgentLeavings(
    SessionTable sessions, SessionRemoval removal, SessionNews news, RunStops stops, Workspaces workspaces, ApprovalGrants grants, TimeProvider time)
{
    /// <summary>So many sessions are removed at once.</summary>
    private const int AtOnce = 16;

    /// <summary>True where its sessions or its folder in the state directory are still there.</summary>
    public bool Any(string agentId) => SessionsOf(agentId).Any() || Directory.Exists(workspaces.UsualPathOf(agentId));

    /// <summary>Stops its runs, with those that wait and what they had spawned.</summary>
    public Task StopAsync(string agentId) => Task.WhenAll(
        SessionsOf(agentId).Select(session => stops.StopAsync(session.SessionKey, runId: null, CancellationToken.None).AsTask()));

    /// <summary>Removes its sessions; their transcripts stay for a while, as those of sessions that began anew do.</summary>
    /// <returns>False when the disk refused: some may be left.</returns>
    public async Task<bool> RemoveSessionsAsync(string agentId)
    {
        try
        {
            await Parallel.ForEachAsync(SessionsOf(agentId), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (session, _) =>
            {
                await removal.RemoveAsync(session.SessionKey, deleteTranscript: false, CancellationToken.None);
                news.Tell(session.SessionKey, "delete");
            });
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    /// <summary>Forgets what it was allowed for good, so that another of its name has to ask; gives why not, else null.</summary>
    public async Task<FailedPath?> ForgetGrantsAsync(string agentId)
    {
        try
        {
            await grants.ForgetAsync(agentId);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FailedPath(grants.Path, "what the agent was allowed for good could not be taken out of it");
        }
    }

    /// <summary>Moves its folder in the state directory out of the way; gives why not, else null.</summary>
    public FailedPath? PutFolderAside(string agentId)
    {
        var path = workspaces.UsualPathOf(agentId);
        if (workspaces.IsShared(agentId))
        {
            return new FailedPath(path, "another agent works there");
        }

        try
        {
            if (Directory.Exists(path))
            {
                workspaces.PutAside(agentId, time.GetUtcNow());
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FailedPath(path, "it could not be moved");
        }
    }

    private IEnumerable<SessionEntry> SessionsOf(string agentId) => sessions.All.Where(session => session.SessionKey.AgentId == agentId);
}
