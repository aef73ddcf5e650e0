using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>Tells those who watch the list of sessions what happens in it.</summary>
internal sealed class SessionNews(SessionTable sessions, SessionList list, EventBus events, TimeProvider time)
{
    /// <summary>Tells of a change.</summary>
    /// <param name="key">The session.</param>
    /// <param name="reason">What happened, in OpenClaw's words.</param>
    public void Tell(SessionKey key, string reason)
    {
        var row = sessions.Find(key) is { } entry ? list.Row(entry, withTitle: true, withPreview: true) : null;
        events.Publish(new SessionsChangedEvent(key, row, reason, time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    /// <summary>Carries a turn and tells of its beginning and its end.</summary>
    public async Task CarryAsync(Turn turn, TurnHandler run, CancellationToken stopping)
    {
        Tell(turn.Session, "send");
        await run(turn, stopping);
        Tell(turn.Session, "message");
    }
}
