using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>Notes that stand in a transcript as if the assistant had said them.</summary>
internal sealed class SessionNotes(SessionTable sessions, SessionNews news, EventBus events, TimeProvider time)
{
    public TranscriptEntry Make(string text)
    {
        var id = Guid.NewGuid().ToString();
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return new TranscriptEntry(id, TranscriptEntry.Assistant, text, nowMs, $"inject-{id}") { StopReason = StopReasons.Stop };
    }

    /// <summary>Tells of a note that is on disk.</summary>
    /// <param name="key">The session.</param>
    /// <param name="note">The note.</param>
    /// <param name="count">How many lines the transcript has with it.</param>
    public void Tell(SessionKey key, TranscriptEntry note, long count)
    {
        sessions.Update(key, entry => SessionProgress.With(entry, note, count));
        events.Publish(new ChatNoteEvent(key, note));
        events.Publish(new SessionMessageEvent(key, note, count));
        news.Tell(key, "message");
    }
}
