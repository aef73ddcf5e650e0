using Chela.Contracts.Messages;
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

    /// <summary>The sessions on whose behalf this one was made, the nearest first.</summary>
    public IReadOnlyList<SessionKey> Above(SessionKey session)
    {
        var found = new List<SessionKey>();
        while (sessions.Find(session)?.Spawn is { } spawn)
        {
            session = spawn.Parent;
            found.Add(session);
        }

        return found;
    }

    /// <summary>Where the people are on whose behalf a turn works: where its answer goes, or that of the run for which its session was made; null where they listen for events.</summary>
    public ReplyTarget? PeopleOf(Turn turn) =>
        turn.Message.ReplyTo ?? Above(turn.Session).Prepend(turn.Session).Select(session => sessions.Find(session)?.Spawn?.ReplyTo).FirstOrDefault(target => target is not null);

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
        var root = Above(session).LastOrDefault(above => sessions.Find(above) is not null, session);
        return Below(root).Count(entry => entry.Spawn!.Cause == cause);
    }

    private string? CauseOfMessage(Turn turn) => SessionSender.In(turn.Message) is { } sender ? sessions.Find(sender)?.Spawn?.Cause : null;
}
