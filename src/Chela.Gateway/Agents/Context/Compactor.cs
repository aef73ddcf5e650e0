using System.Text;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Context;

/// <summary>
/// Makes a conversation shorter: the model writes a summary of the older part, which becomes one line of the transcript, and models read on
/// from there. The line is on disk whole, or it never was; nothing is taken from the transcript. When there is no good summary everything
/// is as before. Called inside the session's lane.
/// </summary>
internal sealed partial class Compactor(
    ModelCalls models, MemoryFlush flush, SessionTable sessions, EventBus events, TimeProvider time, ILogger<Compactor> logger)
{
    /// <summary>The most lines that stay as they are.</summary>
    private const int KeptLines = Conversation.MaxLines / 4;

    /// <summary>The most letters of one token: a summary that is longer than its tokens allow is cut off, and none.</summary>
    private const int CharsPerToken = 8;

    /// <summary>How long a model that could not write a summary is left alone with it.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    /// <summary>Makes it shorter when it fills so much of what a model may read that this is due; else it is as it was.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="besides">How many tokens the model reads besides.</param>
    /// <param name="job">By whom it is made shorter.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped; nothing was written.</exception>
    public async Task<Conversation> CompactWhenDueAsync(Conversation conversation, long besides, CompactionJob job, CancellationToken ct)
    {
        var at = job.Agent.Compaction.AtPercent;
        var isDue = job.Agent.Compaction.Enabled
            && (conversation.ReadPercent >= at || (conversation.Tokens + besides) * 100 >= (long)job.Agent.ContextTokens * at)
            && !(sessions.Find(job.Session)?.CompactionFailure is { } failure && NowMs() - failure.AtMs < Pause.TotalMilliseconds);
        return isDue ? (await CompactAsync(conversation, job, ct)).Conversation : conversation;
    }

    /// <summary>Makes it shorter.</summary>
    /// <exception cref="OperationCanceledException">It was stopped; nothing was written.</exception>
    public async Task<CompactionOutcome> CompactAsync(Conversation conversation, CompactionJob job, CancellationToken ct)
    {
        var older = Truncation.CountOlder(conversation.Lines, job.KeptTokens, KeptLines);
        if (older == 0)
        {
            return new CompactionOutcome(conversation, null, "There is nothing old enough to be summarized.");
        }

        var id = Guid.NewGuid().ToString();
        var end = new OperationEnd(false, "It was stopped.");
        Tell(id, job, null);
        try
        {
            var outcome = await SummarizeAsync(id, conversation, older, job, ct);
            end = new OperationEnd(outcome.Problem is null, outcome.Problem);
            return outcome;
        }
        finally
        {
            Tell(id, job, end);
        }
    }

    private async Task<CompactionOutcome> SummarizeAsync(
        string id, Conversation conversation, int older, CompactionJob job, CancellationToken ct)
    {
        var before = conversation.Tokens;
        var replaced = conversation with { Lines = [.. conversation.Lines.Take(older)] };
        await flush.NoteAsync(replaced, job, ct);
        var summary = await AskAsync(replaced, job, ct);
        if (summary.Problem is null && TokenEstimate.Of(summary.Text) >= replaced.Tokens)
        {
            summary = summary with { Problem = "The summary was longer than what it is for." };
        }

        if (summary.Problem is { } problem)
        {
            return Failed(conversation, job, problem);
        }

        var entry = new TranscriptEntry(id, TranscriptEntry.Compaction, summary.Text, NowMs(), job.RunId)
        {
            Compacted = new CompactedPart(conversation.Lines[older].Id, before),
            Usage = summary.Usage,
            Model = summary.Model,
        };
        try
        {
            await job.Transcript.AppendAsync(entry);
        }
        catch (TranscriptException e)
        {
            return Failed(conversation, job, e.Message);
        }

        var shorter = conversation.With(entry with { Usage = null }, older);
        sessions.Update(job.Session, session => SessionProgress.Compacted(session, shorter.Tokens, job.Transcript.Count));
        events.Publish(new SessionMessageEvent(job.Session, entry, job.Transcript.Count));
        Log.Compacted(logger, job.Session.Value, before, shorter.Tokens);
        return new CompactionOutcome(shorter, entry, null);
    }

    private async Task<Summary> AskAsync(Conversation replaced, CompactionJob job, CancellationToken ct)
    {
        var allowed = TimeSpan.FromSeconds(job.Agent.Compaction.TimeoutSeconds);
        using var limit = new CancellationTokenSource(allowed, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var request = SummaryRequest.Of(replaced, job.RequestTokens, job.SummaryTokens, job.Wishes);
        var options = new ChatOptions { MaxOutputTokens = job.SummaryTokens };
        try
        {
            return await ListenAsync(models.AskAsync(job.Models, request, options, either.Token), job, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return Summary.None($"The model did not finish its summary within {allowed.TotalSeconds:0} s.");
        }
        catch (ProviderException refused)
        {
            return Summary.None(refused.Message);
        }
    }

    private async Task<Summary> ListenAsync(IAsyncEnumerable<ModelUpdate> answer, CompactionJob job, CancellationToken ct)
    {
        var text = new StringBuilder();
        TokenUsage? usage = null;
        string? model = null;
        await foreach (var told in ImpatientStream.ReadAsync(answer, left => LeaveBehind(job, left), time, ct))
        {
            var update = told.Update;
            job.Spent.Add(told);
            (model, usage) = (told.Model.ToString(), ModelUsage.Of(told) ?? usage);
            text.Append(update.Text);
            if (text.Length > job.SummaryTokens * CharsPerToken || update.FinishReason == ChatFinishReason.Length)
            {
                return Summary.None("The model did not come to the end of its summary.");
            }

            if (update.FinishReason == ChatFinishReason.ContentFilter)
            {
                return Summary.None("The provider refused to write the summary.");
            }
        }

        var summary = text.ToString().Trim();
        return summary.Length == 0 ? Summary.None("The summary was empty.") : new Summary(summary, usage, model, null);
    }

    private void LeaveBehind(CompactionJob job, Task left)
    {
        Log.LeftBehind(logger, job.Session.Value, ImpatientStream.Grace.TotalSeconds);
        _ = left.ContinueWith( // nobody waits for it: it may never end
            ended => Log.EndedLate(logger, job.Session.Value, ended.Exception), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private CompactionOutcome Failed(Conversation conversation, CompactionJob job, string problem)
    {
        sessions.Update(job.Session, session => session with { CompactionFailure = new CompactionFailure(problem, NowMs()) });
        Log.NotCompacted(logger, job.Session.Value, problem);
        return new CompactionOutcome(conversation, null, problem);
    }

    private void Tell(string id, CompactionJob job, OperationEnd? end)
    {
        events.Publish(new SessionOperationEvent(id, job.Session, end, NowMs()));
        job.Narrator?.Compacts(isEnd: end is not null);
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What the model wrote, or why that is no summary.</summary>
    private sealed record Summary(string Text, TokenUsage? Usage, string? Model, string? Problem)
    {
        public static Summary None(string problem) => new("", null, null, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(1450, LogLevel.Information, "Session {Session} was summarized: about {Before} tokens before, {After} now")]
        public static partial void Compacted(ILogger logger, string session, long before, long after);

        [LoggerMessage(1451, LogLevel.Warning, "Session {Session} could not be summarized, and its oldest messages are left out: {Reason}")]
        public static partial void NotCompacted(ILogger logger, string session, string reason);

        [LoggerMessage(1452, LogLevel.Warning, "The model that summarized session {Session} did not stop within {Seconds} s; the run goes on without it")]
        public static partial void LeftBehind(ILogger logger, string session, double seconds);

        [LoggerMessage(1453, LogLevel.Information, "The model that summarized session {Session} has stopped after it was left behind")]
        public static partial void EndedLate(ILogger logger, string session, Exception? e);
    }
}
