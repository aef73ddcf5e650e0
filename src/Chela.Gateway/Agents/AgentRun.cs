using System.Diagnostics.CodeAnalysis;
using Chela.Gateway.Agents.Providers;
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
    ProviderCatalog providers,
    Supervisor.Supervisor supervisor,
    SessionTable sessions,
    TurnSessions opening,
    Transcripts transcripts,
    Inbox inbox,
    Replies replies,
    EventBus events,
    ConfigStore config,
    TimeProvider time,
    ILogger<AgentRun> logger)
{
    /// <summary>The longest answer that is kept of one run, in characters (04-events § 3).</summary>
    public const int MaxAnswerChars = 500_000;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    /// <summary>Runs a turn. Does not throw.</summary>
    /// <param name="turn">The message, and where the outcome goes.</param>
    /// <param name="stopping">Cancelled when the gateway can wait no longer: the run is left as it is, for the next start.</param>
    [SuppressMessage("Design", "CA1031", Justification = "The boundary of a turn: whatever fails becomes the turn's outcome.")]
    public async Task RunAsync(Turn turn, CancellationToken stopping)
    {
        using var narrator = new RunNarrator(turn, events, time);
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
            result = new TurnResult(TurnStatus.Failed, turn.Text, null, SentenceFor(e), NowMs());
        }

        if (turn.Completion.IsCompleted)
        {
            return; // it was stopped while it waited, and that was told
        }

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
            await replies.SendAsync(one.Message, answer, stopping);
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
        return await AskAsync(turn, session, transcript, narrator, stopping);
    }

    /// <summary>Asks the model. What goes wrong is an outcome, which is written down like an answer; only the end of the gateway is not.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The boundary of a turn: whatever fails becomes the turn's outcome.")]
    private async Task<(TurnResult Result, string? Model)> AskAsync(
        Turn turn, SessionEntry session, Transcript transcript, RunNarrator narrator, CancellationToken stopping)
    {
        var settings = config.Current.Config.Agents.Of(turn.Session.AgentId);
        var allowed = TimeSpan.FromSeconds(settings.TimeoutSeconds);
        allowed = turn.Wishes.Limit is { } wanted && wanted < allowed ? wanted : allowed;
        using var limit = new CancellationTokenSource(allowed, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(turn.Aborted, limit.Token, stopping);
        string? model = null;
        TokenUsage? usage = null;
        try
        {
            turn.Aborted.ThrowIfCancellationRequested();
            var asked = ModelsOf(turn.Wishes.Model ?? session.ModelOverride, settings);
            model = asked[0].ToString();
            narrator.Start();
            var prompt = await Prompt.BuildAsync(transcript, [settings.Instructions, turn.Wishes.Instructions], settings.ContextTokens, either.Token);
            var run = new RunSetup(turn, settings, asked, prompt, narrator, step => OnStepAsync(turn, step, session, transcript, stopping));
            var said = supervisor.AskAsync(run, either.Token);
            await foreach (var (by, update) in ImpatientStream.ReadAsync(said, left => LeaveBehind(turn, left), time, either.Token))
            {
                model = by.ToString();
                usage = UsageOf(update) ?? usage;
                if (narrator.Say(update.Text) > MaxAnswerChars)
                {
                    return (Ended(TurnStatus.Failed, $"The answer was cut off after {MaxAnswerChars} characters."), model);
                }

                await Task.Yield(); // words that are all there already, told to thousands, must not hold a thread that calls wait for
            }

            return (Ended(TurnStatus.Done, null), model);
        }
        catch (OperationCanceledException) when (turn.Aborted.IsCancellationRequested)
        {
            return (Ended(TurnStatus.Aborted, null), model);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return (Ended(TurnStatus.Failed, $"The model did not finish within {allowed.TotalSeconds:0.###} s."), model);
        }
        catch (StepsException endless)
        {
            return (Ended(TurnStatus.Failed, endless.Message), model);
        }
        catch (ProviderException refused)
        {
            narrator.ErrorKind = refused.Error.ChatErrorKind;
            Log.Refused(logger, turn.RunId, turn.Session.Value, refused.Message);
            return (Ended(TurnStatus.Failed, refused.Message), model);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            Log.Failed(logger, turn.RunId, turn.Session.Value, e);
            return (Ended(TurnStatus.Failed, SentenceFor(e)), model);
        }

        TurnResult Ended(TurnStatus status, string? error) => new(status, turn.Text, usage, error, NowMs());
    }

    /// <summary>Writes a step down, and takes what came meanwhile into the run.</summary>
    private async Task<IReadOnlyList<ChatMessage>> OnStepAsync(
        Turn turn, ToolStep step, SessionEntry session, Transcript transcript, CancellationToken stopping)
    {
        var line = new TranscriptEntry($"{turn.RunId}:step{transcript.Count + 1}", TranscriptEntry.Step, "", NowMs(), turn.RunId) { Uses = step.ToStored() };
        await WriteAsync(turn, transcript, line, stopping);
        var steered = turn.TakeSteered();
        await WriteQuestionsAsync(turn, steered, session, transcript, stopping);
        return [.. steered.Select(one => new ChatMessage(ChatRole.User, one.Message.Content))];
    }

    /// <summary>The models to ask: the one that somebody chose for this session, and no other; else those of the agent.</summary>
    private IReadOnlyList<ModelRef> ModelsOf(string? chosen, AgentInForce agent) => chosen is null
        ? [.. agent.ModelFallbacks.Select(providers.Configured).Prepend(providers.Configured(agent.Model)).Distinct()]
        : [providers.Resolve(chosen).Ref];

    private void LeaveBehind(Turn turn, Task left)
    {
        Log.LeftBehind(logger, turn.RunId, turn.Session.Value, ImpatientStream.Grace.TotalSeconds);
        _ = left.ContinueWith( // nobody waits for it: it may never end
            ended => Log.EndedLate(logger, turn.RunId, ended.Exception), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private static TokenUsage? UsageOf(ChatResponseUpdate update)
    {
        var details = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details;
        return details is null ? null : new TokenUsage(
            details.InputTokenCount ?? 0,
            details.OutputTokenCount ?? 0,
            details.TotalTokenCount ?? (details.InputTokenCount ?? 0) + (details.OutputTokenCount ?? 0));
    }

    private static string SentenceFor(Exception e) =>
        e is TranscriptException ? e.Message : "The run failed inside the gateway; its log says why.";

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static partial class Log
    {
        [LoggerMessage(1400, LogLevel.Error, "Run {Run} of session {Session} failed")]
        public static partial void Failed(ILogger logger, string run, string session, Exception e);

        [LoggerMessage(1403, LogLevel.Error, "A line of run {Run} of session {Session} could not be written; trying again: {Reason}")]
        public static partial void NotWritten(ILogger logger, string run, string session, string reason);

        [LoggerMessage(1402, LogLevel.Warning, "Run {Run} of session {Session} got no answer: {Reason}")]
        public static partial void Refused(ILogger logger, string run, string session, string reason);

        [LoggerMessage(1404, LogLevel.Warning, "The model of run {Run} of session {Session} did not stop within {Seconds} s; the run ends without it")]
        public static partial void LeftBehind(ILogger logger, string run, string session, double seconds);

        [LoggerMessage(1405, LogLevel.Information, "The model of run {Run}, which had ended without it, has stopped")]
        public static partial void EndedLate(ILogger logger, string run, Exception? e);

        [LoggerMessage(1401, LogLevel.Warning, "Run {Run} of session {Session} had not ended when the gateway stopped")]
        public static partial void LeftOver(ILogger logger, string run, string session);
    }
}
