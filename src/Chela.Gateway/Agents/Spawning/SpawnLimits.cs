using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Spawning;

namespace Chela.Gateway.Agents.Spawning;

/// <summary>Keeps models from spawning for ever.</summary>
internal sealed class SpawnLimits(SessionTable sessions, SpawnTree tree, Lanes lanes, ConfigStore config)
{
    /// <summary>The most sub-agents, at all depths, for what somebody asked in one message.</summary>
    public const int MostForOneCause = 50;

    /// <summary>Refuses where there are enough.</summary>
    /// <param name="parent">The run that wants another sub-agent.</param>
    /// <param name="child">Its session; one that there is already is no further one.</param>
    /// <exception cref="ToolRefusal">There are.</exception>
    public void Check(Turn parent, SessionKey child)
    {
        if (sessions.Find(child) is not null)
        {
            return;
        }

        var limits = config.Current.Config.Agents.Defaults.Subagents;
        if (sessions.Find(parent.Session)?.Spawn?.Depth >= limits.MaxSpawnDepth)
        {
            throw new ToolRefusal("You are a sub-agent that may spawn none: do it yourself.");
        }

        var busy = lanes.Busy;
        if (sessions.SpawnedBy(parent.Session).Count(entry => busy.Contains(entry.Key)) >= limits.MaxChildrenPerAgent)
        {
            throw new ToolRefusal($"{limits.MaxChildrenPerAgent} of your sub-agents are at work. Spawn more when some have ended.");
        }

        if (tree.Count(parent.Session, tree.CauseOf(parent)) >= MostForOneCause)
        {
            throw new ToolRefusal($"{MostForOneCause} sub-agents were spawned for this task; there will be no more. Go on with what they have found.");
        }
    }
}
