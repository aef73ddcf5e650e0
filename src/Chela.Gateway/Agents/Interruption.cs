using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents;

/// <summary>Finds, at the start, the runs that the last process did not finish, and says so in their transcripts.</summary>
internal sealed partial class Interruption(
    Inbox inbox, SessionTable sessions, Transcripts transcripts, TimeProvider time, ILogger<Interruption> logger)
{
    /// <summary>What the user reads in place of the answer.</summary>
    public const string Sentence = "The gateway stopped before this run had ended. Send the message again to get an answer.";

    /// <summary>Marks the runs of these messages. A transcript that cannot be written is reported, and does not stop the start.</summary>
    public async Task MarkAsync(IReadOnlyList<InboundMessage> unfinished, CancellationToken ct)
    {
        foreach (var message in unfinished)
        {
            try
            {
                await MarkAsync(message, ct);
            }
            catch (TranscriptException e)
            {
                Log.NotMarked(logger, message.RunId, message.Session.Value, e.Message);
            }
        }
    }

    private async Task MarkAsync(InboundMessage message, CancellationToken ct)
    {
        var session = await sessions.GetOrCreateAsync(message.Session, ct);
        using var transcript = transcripts.Open(session.SessionId);
        var (hasQuestion, hasAnswer) = await LookAsync(transcript, message.RunId, ct);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!hasAnswer)
        {
            var question = new TranscriptEntry(
                message.RunId + ":user", TranscriptEntry.User, message.Content, message.TimestampMs, message.RunId);
            var answer = new TranscriptEntry(message.RunId, TranscriptEntry.Assistant, "", nowMs, message.RunId)
            {
                StopReason = StopReasons.Interrupted,
                Error = Sentence,
            };
            if (!hasQuestion)
            {
                transcript.Append(question);
            }

            await transcript.AppendAsync(answer);
            sessions.Update(message.Session, entry => SessionProgress.After(entry, question, answer));
            Log.Marked(logger, message.RunId, message.Session.Value);
        }

        inbox.End(message, nowMs);
    }

    private static async Task<(bool HasQuestion, bool HasAnswer)> LookAsync(Transcript transcript, string runId, CancellationToken ct)
    {
        var (hasQuestion, hasAnswer) = (false, false);
        await foreach (var entry in transcript.ReadAsync(ct))
        {
            hasQuestion |= entry.RunId == runId && entry.Role == TranscriptEntry.User;
            hasAnswer |= entry.RunId == runId && entry.Role == TranscriptEntry.Assistant;
        }

        return (hasQuestion, hasAnswer);
    }

    private static partial class Log
    {
        [LoggerMessage(1410, LogLevel.Warning, "Run {Run} of session {Session} was interrupted by the end of the last process")]
        public static partial void Marked(ILogger logger, string run, string session);

        [LoggerMessage(1411, LogLevel.Error, "Run {Run} of session {Session} was interrupted, but its transcript cannot say so: {Reason}")]
        public static partial void NotMarked(ILogger logger, string run, string session, string reason);
    }
}
