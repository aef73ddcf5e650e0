using System.Diagnostics.CodeAnalysis;
using Chela.Gateway.Agents.Context;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Unfinished;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents;

/// <summary>
/// One run, from the message to the answer: transcript, prompt, model, transcript. A run that ends is on disk before anybody
/// hears that it ended. The boundary where the exceptions of a turn become an answer.
/// </summary>
internal sealed partial class AgentRun(
    Answering answering,
    SessionTable sessions,
    TurnSessions opening,
    AttachedFiles files,
    Transcripts transcripts,
    Inbox inbox,
    Replies replies,
    EventBus events,
    ConfigStore config,
    TimeProvider time,
    ILogger<AgentRun> logger)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    /// <summary>Runs a turn. Does not throw.</summary>
    /// <param name="turn">The message, and where the outcome goes.</param>
    /// <param name="stopping">Cancelled when the gateway can wait no longer: the run is left as it is, for the next start.</param>
    [SuppressMessage("Design", "CA1031", Justification = "The boundary of a turn: whatever fails becomes the turn's outcome.")]
    public async Task RunAsync(Turn turn, CancellationToken stopping)
    {
        using var narrator = new RunNarrator(turn, events, time);
        Log.Began(logger, turn.RunId, turn.Session.Value);
        TurnResult result;
        try
        {
            result = await AnswerAsync(turn, narrator, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Log.LeftOver(logger, turn.RunId, turn.Session.Value);
            var sentence = config.Current.Config.Agents.Defaults.Interrupted == AgentDefaultsConfig.Continue ? Interruption.Promise : Interruption.Sentence;
            result = new TurnResult(TurnStatus.Interrupted, turn.Text, null, sentence, NowMs());
        }
        catch (Exception e)
        {
            Log.Failed(logger, turn.RunId, turn.Session.Value, e);
            result = new TurnResult(TurnStatus.Failed, turn.Text, null, Answering.SentenceFor(e), NowMs());
        }

        if (turn.Completion.IsCompleted)
        {
            return; // it was stopped while it waited, and that was told
        }

        Log.Ended(logger, turn.RunId, result.Status, result.Model);
        narrator.End(result);
        turn.Complete(result);
        foreach (var carried in turn.Carried)
        {
            using var other = new RunNarrator(carried, events, time) { ErrorKind = narrator.ErrorKind };
            other.End(result with { Text = "", Usage = null }); // what was said is told once
            carried.Complete(result);
        }
    }

    private async Task<TurnResult> AnswerAsync(Turn turn, RunNarrator narrator, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested(); // a question is written down only when its run begins: the next start counts on it
        var session = await opening.OpenAsync(turn.Session, mayBeginAnew: !turn.IsWritten);
        using var transcript = transcripts.Open(session.SessionId);
        var question = TranscriptEntry.Question(turn.Message);
        await CountAsync(turn, stopping);
        await WriteQuestionsAsync(turn, [.. turn.Carried, turn], session, transcript, stopping);
        if (!turn.IsOver)
        {
            await WriteQuestionsAsync(turn, turn.TakeSteered(), session, transcript, stopping);
        }

        var (result, model) = await EndAsync(turn, session, transcript, narrator, stopping);
        var answer = new TranscriptEntry(turn.RunId, TranscriptEntry.Assistant, result.Text, result.EndedAtMs, turn.RunId)
        {
            StopReason = turn.Dropped is { } how ? DroppedMessages.StopReasonOf(how) : StopReasons.Of(result.Status),
            Error = result.Error,
            AlsoAnswers = turn.Carried.Count > 0 ? [.. turn.Carried.Select(carried => carried.RunId)] : null,
            Usage = result.Usage,
            Model = model,
        };
        result = result with { Model = model };
        await WriteAsync(turn, transcript, answer, stopping);
        turn.Slot?.Release();
        sessions.Update(turn.Session, entry => SessionProgress.After(entry, question, answer, transcript.Count));
        foreach (var one in turn.Carried.Prepend(turn))
        {
            await replies.SendAsync(one, answer, stopping);
            inbox.End(one.Message, NowMs());
        }

        return result;
    }

    /// <summary>Counts, before it begins, a run that is begun again; while the disk refuses it tries again.</summary>
    private async Task CountAsync(Turn turn, CancellationToken stopping)
    {
        foreach (var one in turn.Carried.Prepend(turn).Where(one => one.Resumptions < Turn.MaxResumptions))
        {
            while (!await inbox.TryResumeAsync(one, NowMs()))
            {
                turn.Slot?.Release();
                await Task.Delay(LongestRetry, time, stopping);
            }
        }
    }

    private async Task WriteQuestionsAsync(
        Turn turn, IReadOnlyList<Turn> asked, SessionEntry session, Transcript transcript, CancellationToken stopping)
    {
        foreach (var one in asked)
        {
            one.SessionId = session.SessionId;
            if (!one.IsWritten)
            {
                await WriteAsync(turn, transcript, TranscriptEntry.Question(one.Message), stopping);
            }
        }
    }

    /// <summary>
    /// Writes a line and tells it; returns when it is on disk. While the disk refuses it tries again: the message was acknowledged, and
    /// stands in the inbox until the run has ended. Meanwhile other runs have its slot.
    /// </summary>
    private async Task WriteAsync(Turn turn, Transcript transcript, TranscriptEntry line, CancellationToken stopping)
    {
        for (var wait = FirstRetry; ; wait = wait * 2 < LongestRetry ? wait * 2 : LongestRetry)
        {
            try
            {
                var number = transcript.Count + 1;
                await transcript.AppendAsync(line);
                events.Publish(new SessionMessageEvent(turn.Session, line, number));
                return;
            }
            catch (TranscriptException e)
            {
                Log.NotWritten(logger, turn.RunId, turn.Session.Value, e.InnerException?.Message ?? e.Message);
                turn.Slot?.Release();
                await Task.Delay(wait, time, stopping);
            }
        }
    }

    /// <summary>How the run ends: as the model lets it, or as it was decided while the turn waited.</summary>
    private async Task<(TurnResult Result, string? Model)> EndAsync(
        Turn turn, SessionEntry session, Transcript transcript, RunNarrator narrator, CancellationToken stopping)
    {
        var decided = turn.Completion.IsCompleted ? await turn.Completion
            : turn.Dropped is not null ? new TurnResult(TurnStatus.Failed, "", null, DroppedMessages.Sentence, NowMs())
            : turn.IsGivenUp ? new TurnResult(TurnStatus.Interrupted, "", null, Interruption.Sentence, NowMs())
            : null;
        if (decided is not null)
        {
            return (decided, null);
        }

        await (turn.Slot?.TakeAsync(turn.Aborted) ?? Task.CompletedTask);
        return await answering.AskAsync(
            turn, session, transcript, narrator, step => OnStepAsync(turn, step, session, transcript, stopping), stopping);
    }

    /// <summary>Writes a step down, and takes what came meanwhile into the run.</summary>
    private async Task<IReadOnlyList<ChatMessage>> OnStepAsync(
        Turn turn, ToolStep step, SessionEntry session, Transcript transcript, CancellationToken stopping)
    {
        var line = new TranscriptEntry($"{turn.RunId}:step{transcript.Count + 1}", TranscriptEntry.Step, "", NowMs(), turn.RunId) { Uses = step.ToStored() };
        await WriteAsync(turn, transcript, line, stopping);
        var steered = turn.TakeSteered();
        await WriteQuestionsAsync(turn, steered, session, transcript, stopping);
        return await files.ReadAsync(steered.Select(one => one.Message), turn.Aborted);
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static partial class Log
    {
        [LoggerMessage(1407, LogLevel.Debug, "Run {Run} of session {Session} began")]
        public static partial void Began(ILogger logger, string run, string session);

        [LoggerMessage(1408, LogLevel.Debug, "Run {Run} ended: {Status}, by {Model}")]
        public static partial void Ended(ILogger logger, string run, TurnStatus status, string? model);

        [LoggerMessage(1400, LogLevel.Error, "Run {Run} of session {Session} failed")]
        public static partial void Failed(ILogger logger, string run, string session, Exception e);

        [LoggerMessage(1403, LogLevel.Error, "A line of run {Run} of session {Session} could not be written; trying again: {Reason}")]
        public static partial void NotWritten(ILogger logger, string run, string session, string reason);

        [LoggerMessage(1401, LogLevel.Warning, "Run {Run} of session {Session} had not ended when the gateway stopped")]
        public static partial void LeftOver(ILogger logger, string run, string session);
    }
}
