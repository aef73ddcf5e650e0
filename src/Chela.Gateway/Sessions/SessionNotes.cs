using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>Notes that stand in a transcript as if the assistant had said them. Written in the session's lane, as everything there.</summary>
internal sealed class SessionNotes(
    SessionTable sessions, Transcripts transcripts, LaneChanges changes, SessionNews news, EventBus events, TimeProvider time)
{
    /// <summary>Adds a note when what runs and waits in the session has ended; returns when it is on disk.</summary>
    /// <returns>The note's id.</returns>
    /// <exception cref="RpcException">There is no such session, too much waits, or the disk refuses.</exception>
    public async Task<string> AddAsync(SessionKey key, string text, CancellationToken ct)
    {
        Find(key);
        var adding = changes.ChangeInTurn(key, text, () => WriteAsync(key, text), ct) ?? throw LaneChanges.TooMuchWaits();
        return await adding;
    }

    private async Task<string> WriteAsync(SessionKey key, string text)
    {
        try
        {
            using var transcript = transcripts.Open(Find(key).SessionId);
            var note = Make(text);
            await transcript.AppendAsync(note);
            Tell(key, note, transcript.Count);
            return note.Id;
        }
        catch (TranscriptException e)
        {
            throw new RpcException(RpcErrorKind.Unavailable, e.Message);
        }
    }

    private SessionEntry Find(SessionKey key) => sessions.Find(key) ?? throw new RpcException(RpcErrorKind.NotFound, "session not found");

    private TranscriptEntry Make(string text)
    {
        var id = Guid.NewGuid().ToString();
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return new TranscriptEntry(id, TranscriptEntry.Assistant, text, nowMs, $"inject-{id}") { StopReason = StopReasons.Stop };
    }

    private void Tell(SessionKey key, TranscriptEntry note, long count)
    {
        sessions.Update(key, entry => SessionProgress.With(entry, note, count));
        events.Publish(new ChatNoteEvent(key, note));
        events.Publish(new SessionMessageEvent(key, note, count));
        news.Tell(key, "message");
    }
}
