using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents;

/// <summary>Finds, at the start, the runs that the last process did not finish, and says so in their transcripts and where they were asked.</summary>
internal sealed partial class Interruption(
    Inbox inbox, SessionTable sessions, Transcripts transcripts, Replies replies, TimeProvider time, ILogger<Interruption> logger)
{
    /// <summary>What the user reads in place of the answer.</summary>
    public const string Sentence = "The gateway stopped before this run had ended. Send the message again to get an answer.";

    /// <summary>Marks the runs of these messages. A transcript that cannot be written is reported, and does not stop the start.</summary>
    public async Task MarkAsync(IReadOnlyList<InboundMessage> unfinished, CancellationToken ct)
    {
        foreach (var messages in unfinished.GroupBy(message => message.Session))
        {
            try
            {
                await MarkAsync(messages.Key, [.. messages], ct);
            }
            catch (TranscriptException e)
            {
                Log.NotMarked(logger, messages.Key.Value, e.Message);
            }
        }
    }

    private async Task MarkAsync(SessionKey key, IReadOnlyList<InboundMessage> messages, CancellationToken ct)
    {
        var session = await sessions.GetOrCreateAsync(key, ct);
        using var transcript = transcripts.Open(session.SessionId);
        var (questions, answers) = await LookAsync(transcript, messages, ct);
        foreach (var message in messages)
        {
            var question = questions.GetValueOrDefault(message.RunId);
            var answer = answers.GetValueOrDefault(message.RunId);
            if (question is null)
            {
                question = TranscriptEntry.Question(message);
                transcript.Append(question);
            }

            if (answer is null)
            {
                answer = Answer(message);
                await transcript.AppendAsync(answer);
                Log.Marked(logger, message.RunId, key.Value, answer.StopReason!);
            }

            // Also where the run had ended: what is known of the session may not have reached the disk with it.
            sessions.Update(key, entry => SessionProgress.After(entry, question, answer, transcript.Count));
            if (await replies.TrySendAsync(message, answer))
            {
                inbox.End(message, NowMs());
            }
        }
    }

    /// <summary>The end of a run: whoever had stopped it was told so, and reads it here too.</summary>
    private TranscriptEntry Answer(InboundMessage message)
    {
        var answer = new TranscriptEntry(message.RunId, TranscriptEntry.Assistant, "", NowMs(), message.RunId);
        return inbox.WasStopped(message.RunId)
            ? answer with { StopReason = StopReasons.Aborted }
            : answer with { StopReason = StopReasons.Interrupted, Error = Sentence };
    }

    /// <summary>What the transcript has of these messages, by run.</summary>
    private static async Task<(Dictionary<string, TranscriptEntry> Questions, Dictionary<string, TranscriptEntry> Answers)> LookAsync(
        Transcript transcript, IReadOnlyList<InboundMessage> messages, CancellationToken ct)
    {
        var runs = messages.Select(message => message.RunId).ToHashSet(StringComparer.Ordinal);
        var questions = new Dictionary<string, TranscriptEntry>(StringComparer.Ordinal);
        var answers = new Dictionary<string, TranscriptEntry>(StringComparer.Ordinal);
        await foreach (var entry in transcript.ReadAsync(ct))
        {
            foreach (var run in (entry.AlsoAnswers ?? []).Append(entry.RunId).Where(runs.Contains))
            {
                (entry.Role == TranscriptEntry.User ? questions : answers)[run] = entry;
            }
        }

        return (questions, answers);
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static partial class Log
    {
        [LoggerMessage(1410, LogLevel.Warning, "Run {Run} of session {Session} had not ended when the last process did: {Reason}")]
        public static partial void Marked(ILogger logger, string run, string session, string reason);

        [LoggerMessage(1411, LogLevel.Error, "Runs of session {Session} were interrupted, but its transcript cannot say so: {Reason}")]
        public static partial void NotMarked(ILogger logger, string session, string reason);
    }
}
