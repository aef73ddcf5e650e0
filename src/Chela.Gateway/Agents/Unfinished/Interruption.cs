using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Unfinished;

/// <summary>Says of runs that the last process did not finish that they were interrupted: in their transcript, and where they were asked.</summary>
internal sealed partial class Interruption(
    Inbox inbox, SessionTable sessions, Replies replies, OwedReplies owed, TimeProvider time, ILogger<Interruption> logger)
{
    /// <summary>What the user reads in place of the answer.</summary>
    public const string Sentence = "The gateway stopped before this run had ended. Send the message again to get an answer.";

    /// <summary>The same where the run is begun again.</summary>
    public const string Promise = "The gateway stopped before this run had ended. When it starts, the message is answered.";

    /// <summary>Brings runs of one session to their end. Where one has its answer already, what was left to do after it is done.</summary>
    /// <exception cref="TranscriptException">The disk refuses.</exception>
    public async Task MarkAsync(IReadOnlyList<Turn> turns, Transcript transcript, WrittenRuns written)
    {
        foreach (var turn in turns)
        {
            var question = written.QuestionOf(turn);
            var answer = written.AnswerOf(turn);
            if (question is null)
            {
                question = TranscriptEntry.Question(turn.Message);
                transcript.Append(question);
            }

            if (answer is null)
            {
                answer = EndOf(turn);
                await transcript.AppendAsync(answer);
                Log.Marked(logger, turn.RunId, turn.Session.Value, answer.StopReason!);
            }

            // Also where the run had ended: what is known of the session may not have reached the disk with it.
            sessions.Update(turn.Session, entry => SessionProgress.After(entry, question, answer, transcript.Count));
            if (await replies.TrySendAsync(turn, answer))
            {
                inbox.End(turn.Message, NowMs());
            }
            else
            {
                owed.Add(turn, answer);
            }
        }
    }

    /// <summary>The end of a run: whoever had stopped it was told so, and reads it here too.</summary>
    private TranscriptEntry EndOf(Turn turn)
    {
        var end = new TranscriptEntry(turn.RunId, TranscriptEntry.Assistant, "", NowMs(), turn.RunId);
        return turn.IsOver
            ? end with { StopReason = StopReasons.Aborted }
            : end with { StopReason = StopReasons.Interrupted, Error = Sentence };
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static partial class Log
    {
        [LoggerMessage(1410, LogLevel.Warning, "Run {Run} of session {Session} had not ended when the last process did: {Reason}")]
        public static partial void Marked(ILogger logger, string run, string session, string reason);
    }
}
