using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>Deletes sessions: what runs is stopped first, so that nothing writes to a transcript that is gone.</summary>
internal sealed class SessionRemoval(SessionTable sessions, Transcripts transcripts, Lanes lanes)
{
    /// <summary>Deletes a session; false when there was none.</summary>
    public async ValueTask<bool> RemoveAsync(SessionKey key, bool deleteTranscript, CancellationToken ct)
    {
        lanes.Abort(key, runId: null);
        await Task.WhenAll(lanes.Of(key).Select(turn => turn.Completion)).WaitAsync(ct);
        if (await sessions.RemoveAsync(key, ct) is not { } removed)
        {
            return false;
        }

        if (deleteTranscript)
        {
            using var transcript = transcripts.Open(removed.SessionId);
            await transcript.DeleteAsync(ct);
        }

        return true;
    }
}
