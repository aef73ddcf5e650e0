using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>A run as its session's transcript has it.</summary>
/// <param name="Question">What was asked; the answer itself when a reset has parted them.</param>
internal sealed record PastRun(string SessionId, TranscriptEntry Question, TranscriptEntry Answer);

/// <summary>Finds runs that ended before, and commands, also from before a restart: for those who ask again with the same idempotency key.</summary>
internal sealed class PastRuns(SessionTable sessions, Transcripts transcripts, Inbox inbox)
{
    /// <exception cref="RpcException">The session does not hold it any more.</exception>
    public async ValueTask<PastRun> FindAsync(SessionKey key, string runId, CancellationToken ct)
    {
        if (inbox.EndOf(runId) is { Content: { } reply } end)
        {
            var said = new TranscriptEntry(runId, TranscriptEntry.Assistant, reply, end.TimestampMs, runId) { StopReason = StopReasons.Stop };
            return new PastRun(sessions.Find(key)?.SessionId ?? "", said, said);
        }

        if (sessions.Find(key) is { } session)
        {
            using var transcript = transcripts.Open(session.SessionId);
            TranscriptEntry? question = null;
            await foreach (var entry in transcript.ReadAsync(ct))
            {
                if (entry.Ends(runId))
                {
                    return new PastRun(session.SessionId, question ?? entry, entry with { RunId = runId });
                }

                question = entry.RunId == runId ? entry : question;
            }
        }

        throw new RpcException(RpcErrorKind.NotFound, $"the run {runId} has ended, and its session was reset or deleted since; send the message with a new idempotency key");
    }
}
