using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions.Spawning;

/// <summary>Which sessions were spawned by which, and for what.</summary>
internal sealed class SpawnTree(SessionTable sessions)
{
    /// <summary>The sessions that this one spawned, and those that they spawned, the nearest first.</summary>
    public IReadOnlyList<SessionEntry> Below(SessionKey session)
    {
        var found = new List<SessionEntry>(sessions.SpawnedBy(session));
        for (var next = 0; next < found.Count; next++)
        {
            found.AddRange(sessions.SpawnedBy(found[next].SessionKey));
        }

        return found;
    }

    /// <summary>
    /// The run in which somebody else than a sub-agent asked for what a turn does: its own, unless all that it answers was caused by sub-agents.
    /// </summary>
    public string CauseOf(Turn turn)
    {
        if (sessions.Find(turn.Session)?.Spawn is { } spawn)
        {
            return spawn.Cause;
        }

        var causes = turn.Carried.Prepend(turn).Select(CauseOfMessage).ToList();
        return causes.Contains(null) ? turn.RunId : causes[0]!;
    }

    /// <summary>How many sub-agents were spawned for one cause, seen from a session that did so or was made for it.</summary>
    public int Count(SessionKey session, string cause)
    {
        var root = session;
        while (sessions.Find(root)?.Spawn is { Parent: var parent } && sessions.Find(parent) is not null)
        {
            root = parent;
        }

        return Below(root).Count(entry => entry.Spawn!.Cause == cause);
    }

    private string? CauseOfMessage(Turn turn) => SessionSender.In(turn.Message) is { } sender ? sessions.Find(sender)?.Spawn?.Cause : null;
}
