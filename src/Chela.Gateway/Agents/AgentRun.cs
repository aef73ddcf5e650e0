using System.Diagnostics.CodeAnalysis;
using Chela.Gateway.Agents.Providers;
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
    SessionTable sessions,
    Transcripts transcripts,
    Inbox inbox,
    EventBus events,
    ConfigStore config,
    TimeProvider time,
    ILogger<AgentRun> logger)
{
    /// <summary>The longest answer that is kept of one run, in characters (04-events § 3).</summary>
    public const int MaxAnswerChars = 500_000;

    /// <summary>Runs a turn. Does not throw.</summary>
    /// <param name="turn">The message, and where the outcome goes.</param>
    /// <param name="stopping">Cancelled when the gateway can wait no longer: the run is left as it is, for the next start.</param>
    [SuppressMessage("Design", "CA1031", Justification = "The boundary of a turn: whatever fails becomes the turn's outcome.")]
    public async Task RunAsync(Turn turn, CancellationToken stopping)
    {
        var narrator = new RunNarrator(turn, events, time);
        TurnResult result;
        try
        {
            result = await AnswerAsync(turn, narrator, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Log.LeftOver(logger, turn.RunId, turn.Session.Value);
            result = new TurnResult(TurnStatus.Interrupted, turn.Text, null, Interruption.Sentence, NowMs());
        }
        catch (Exception e)
        {
            Log.Failed(logger, turn.RunId, turn.Session.Value, e);
            result = new TurnResult(TurnStatus.Failed, turn.Text, null, SentenceFor(e), NowMs());
        }

        narrator.End(result);
        turn.Complete(result);
    }

    private async Task<TurnResult> AnswerAsync(Turn turn, RunNarrator narrator, CancellationToken stopping)
    {
        var session = await sessions.GetOrCreateAsync(turn.Session, CancellationToken.None);
        using var transcript = transcripts.Open(session.SessionId);
        var question = TranscriptEntry.Question(turn.Message);
        transcript.Append(question);

        var (result, model) = await AskAsync(turn, transcript, narrator, stopping);
        var answer = new TranscriptEntry(turn.RunId, TranscriptEntry.Assistant, result.Text, result.EndedAtMs, turn.RunId)
        {
            StopReason = StopReasons.Of(result.Status),
            Error = result.Error,
            Usage = result.Usage,
            Model = model,
        };
        await transcript.AppendAsync(answer);
        sessions.Update(turn.Session, entry => SessionProgress.After(entry, question, answer, transcript.Count));
        inbox.End(turn.Message, NowMs());
        return result;
    }

    /// <summary>Asks the model. What goes wrong with it is an outcome; only the end of the gateway is not.</summary>
    private async Task<(TurnResult Result, string? Model)> AskAsync(
        Turn turn, Transcript transcript, RunNarrator narrator, CancellationToken stopping)
    {
        var settings = config.Current.Config.Agents.Defaults;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(settings.TimeoutSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(turn.Aborted, limit.Token, stopping);
        string? model = null;
        TokenUsage? usage = null;
        try
        {
            turn.Aborted.ThrowIfCancellationRequested();
            var resolved = providers.Resolve(settings.Model);
            model = resolved.Ref.ToString();
            narrator.Start();
            var prompt = await Prompt.BuildAsync(transcript, settings.Instructions, either.Token);
            await foreach (var update in resolved.Client.GetStreamingResponseAsync(prompt, cancellationToken: either.Token))
            {
                usage = UsageOf(update) ?? usage;
                if (narrator.Say(update.Text) > MaxAnswerChars)
                {
                    return (Ended(TurnStatus.Failed, $"The answer was cut off after {MaxAnswerChars} characters."), model);
                }
            }

            return (Ended(TurnStatus.Done, null), model);
        }
        catch (OperationCanceledException) when (turn.Aborted.IsCancellationRequested)
        {
            return (Ended(TurnStatus.Aborted, null), model);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return (Ended(TurnStatus.Failed, $"The model did not finish within {settings.TimeoutSeconds} s."), model);
        }
        catch (ProviderException refused)
        {
            narrator.ErrorKind = refused.Error.ChatErrorKind;
            Log.Refused(logger, turn.RunId, turn.Session.Value, refused.Message);
            return (Ended(TurnStatus.Failed, refused.Message), model);
        }

        TurnResult Ended(TurnStatus status, string? error) => new(status, turn.Text, usage, error, NowMs());
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

        [LoggerMessage(1402, LogLevel.Warning, "Run {Run} of session {Session} got no answer: {Reason}")]
        public static partial void Refused(ILogger logger, string run, string session, string reason);

        [LoggerMessage(1401, LogLevel.Warning, "Run {Run} of session {Session} had not ended when the gateway stopped")]
        public static partial void LeftOver(ILogger logger, string run, string session);
    }
}
