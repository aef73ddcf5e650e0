using System.Diagnostics.CodeAnalysis;
using Chela.Gateway.Agents.Briefing;
using Chela.Gateway.Agents.Context;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents;

/// <summary>What a run asks its model: the conversation, made shorter where it must be, and then the answer.</summary>
internal sealed partial class Answering(
    ProviderCatalog providers,
    Supervisor.Supervisor supervisor,
    PromptMaker prompts,
    Spending spending,
    ConfigStore config,
    TimeProvider time,
    ILogger<Answering> logger)
{
    /// <summary>The longest answer that is kept of one run, in characters (04-events § 3).</summary>
    public const int MaxAnswerChars = 500_000;

    /// <summary>Asks the model. What goes wrong is an outcome, which is written down like an answer; only the end of the gateway is not.</summary>
    /// <param name="turn">The run.</param>
    /// <param name="session">Its session.</param>
    /// <param name="transcript">What was said so far, the question included.</param>
    /// <param name="narrator">Told what the model says.</param>
    /// <param name="onStep">Given each step once its tools have run; returns what came meanwhile and is to be answered too.</param>
    /// <param name="stopping">The gateway can wait no longer.</param>
    public async Task<(TurnResult Result, string? Model)> AskAsync(
        Turn turn, SessionEntry session, Transcript transcript, RunNarrator narrator, Func<ToolStep, Task<IReadOnlyList<ChatMessage>>> onStep, CancellationToken stopping)
    {
        var agent = config.Current.Config.Agents.Of(turn.Session.AgentId);
        var spent = spending.Begin(agent.Budget, turn, session.SessionId);
        var asking = new Asking(turn, agent with { Thinking = turn.Wishes.Thinking ?? session.ThinkingLevel ?? agent.Thinking }, session.ModelOverride, transcript, narrator, spent);
        var outcome = await AskAsync(asking, onStep, stopping);
        await spent.EndAsync(outcome.Result.Status);
        return outcome;
    }

    [SuppressMessage("Design", "CA1031", Justification = "The boundary of a turn: whatever fails becomes the turn's outcome.")]
    private async Task<(TurnResult Result, string? Model)> AskAsync(
        Asking asking, Func<ToolStep, Task<IReadOnlyList<ChatMessage>>> onStep, CancellationToken stopping)
    {
        var (turn, agent, narrator, spent) = (asking.Turn, asking.Agent, asking.Narrator, asking.Spent);
        var allowed = TimeSpan.FromSeconds(agent.TimeoutSeconds);
        allowed = turn.Wishes.Limit is { } wanted && wanted < allowed ? wanted : allowed;
        using var limit = new CancellationTokenSource(allowed, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(turn.Aborted, limit.Token, stopping);
        var said = new Said();
        try
        {
            turn.Aborted.ThrowIfCancellationRequested();
            if (!config.Current.Config.Agents.Has(agent.Id))
            {
                return Ended(TurnStatus.Failed, $"There is no agent \"{agent.Id}\" any more.");
            }

            var asked = providers.ModelsOf(turn.Wishes.Model ?? asking.ModelOverride, agent);
            said.Model = asked[0].ToString();
            narrator.Start();
            spent.Check();
            var job = new CompactionJob(turn.Session, turn.RunId, asking.Transcript, asked, agent)
            {
                Narrator = narrator,
                Spent = spent,
                Channel = AgentSteps.ChannelOf(turn),
            };
            var context = prompts.ContextOf(turn, job, either.Token);
            var prompt = await context.BeginAsync(either.Token);
            await ListenAsync(new RunSetup(turn, agent, asked, prompt, context, narrator, NextStepAsync), spent, said, either.Token);
            return Ended(said.IsCut ? TurnStatus.Failed : TurnStatus.Done, said.IsCut ? $"The answer was cut off after {MaxAnswerChars} characters." : null);
        }
        catch (OperationCanceledException) when (turn.Aborted.IsCancellationRequested)
        {
            return Ended(TurnStatus.Aborted, null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return Ended(TurnStatus.Failed, $"The model did not finish within {allowed.TotalSeconds:0.###} s.");
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            return Ended(TurnStatus.Failed, Told(turn, e, narrator));
        }

        async Task<IReadOnlyList<ChatMessage>> NextStepAsync(ToolStep step)
        {
            var more = await onStep(step);
            spent.Check();
            return more;
        }

        (TurnResult, string?) Ended(TurnStatus status, string? error) =>
            (new TurnResult(status, turn.Text, said.Usage, error, time.GetUtcNow().ToUnixTimeMilliseconds()), said.Model);
    }

    /// <summary>What the user is told of a fault inside the gateway.</summary>
    public static string SentenceFor(Exception e) =>
        e is TranscriptException ? e.Message : "The run failed inside the gateway; its log says why.";

    private async Task ListenAsync(RunSetup run, RunSpending spent, Said said, CancellationToken ct)
    {
        await foreach (var told in ImpatientStream.ReadAsync(supervisor.AskAsync(run, ct), left => LeaveBehind(run.Turn, left), time, ct))
        {
            spent.Add(told);
            said.Model = told.Model.ToString();
            said.Usage = ModelUsage.Of(told) ?? said.Usage;
            if (run.Narrator.Say(told.Update.Text) > MaxAnswerChars)
            {
                said.IsCut = true;
                return;
            }

            await Task.Yield(); // words that are all there already, told to thousands, must not hold a thread that calls wait for
        }
    }

    /// <summary>What the user is told of a failure; the log has the rest.</summary>
    private string Told(Turn turn, Exception e, RunNarrator narrator)
    {
        switch (e)
        {
            case StepsException or BudgetException:
                return e.Message;
            case ProviderException refused:
                narrator.ErrorKind = refused.Error.ChatErrorKind;
                Log.Refused(logger, turn.RunId, turn.Session.Value, refused.Message);
                return refused.Message;
            default:
                Log.Failed(logger, turn.RunId, turn.Session.Value, e);
                return SentenceFor(e);
        }
    }

    private void LeaveBehind(Turn turn, Task left)
    {
        Log.LeftBehind(logger, turn.RunId, turn.Session.Value, ImpatientStream.Grace.TotalSeconds);
        _ = left.ContinueWith( // nobody waits for it: it may never end
            ended => Log.EndedLate(logger, turn.RunId, ended.Exception), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>A run that asks its model.</summary>
    private sealed record Asking(
        Turn Turn, AgentInForce Agent, string? ModelOverride, Transcript Transcript, RunNarrator Narrator, RunSpending Spent);

    /// <summary>What is known of an answer so far, beside its words.</summary>
    private sealed class Said
    {
        public string? Model { get; set; }

        public TokenUsage? Usage { get; set; }

        public bool IsCut { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1406, LogLevel.Error, "Run {Run} of session {Session} failed while its model was asked")]
        public static partial void Failed(ILogger logger, string run, string session, Exception e);

        [LoggerMessage(1402, LogLevel.Warning, "Run {Run} of session {Session} got no answer: {Reason}")]
        public static partial void Refused(ILogger logger, string run, string session, string reason);

        [LoggerMessage(1404, LogLevel.Warning, "The model of run {Run} of session {Session} did not stop within {Seconds} s; the run ends without it")]
        public static partial void LeftBehind(ILogger logger, string run, string session, double seconds);

        [LoggerMessage(1405, LogLevel.Information, "The model of run {Run}, which had ended without it, has stopped")]
        public static partial void EndedLate(ILogger logger, string run, Exception? e);
    }
}
