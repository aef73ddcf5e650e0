using System.Globalization;
using Chela.Contracts.Sessions;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Briefing;
using Chela.Gateway.Agents.Memory;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Context;

/// <summary>
/// Lets an agent note, before a summary takes the place of the older part of a conversation, what should outlive it: one request to the model, which
/// may answer with calls of <c>memory.add</c> and nothing else. Nobody sees it, and the conversation does not change by it. It is asked once about
/// each line: that is on disk before the first note is, so that a crash between them costs notes, and none is written twice.
/// </summary>
internal sealed partial class MemoryFlush(
    ModelCalls models, Lazy<ToolRunner> tools, AgentBriefing briefing, Workspaces workspaces, SessionTable sessions, TimeProvider time, ILogger<MemoryFlush> logger)
{
    private const int MaxNotes = 10;

    private static readonly string Tool = ToolCatalog.NameForModel(MemoryTools.AddName);

    private static readonly string Task = string.Create(CultureInfo.InvariantCulture, $"""
        # What to do now

        The older part of a conversation that you have is about to be replaced by a summary. Call {Tool} for what you should still know when both are gone: lasting facts about people and their work, their wishes, what was decided and why, dates, and what is still open. One note for each thing, at most {MaxNotes}, each so that it is understood without the conversation. Note only what was said, nothing that you have noted before, and no passwords, keys or other secrets. Where nothing is worth it, call nothing. What you write besides is read by nobody.
        """);

    /// <summary>Has the agent take its notes, where it may. What goes wrong is logged, and only means that there are fewer.</summary>
    /// <param name="older">What is to be summarized.</param>
    /// <param name="job">By whom.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task NoteAsync(Conversation older, CompactionJob job, CancellationToken ct)
    {
        var news = older with { Lines = After(sessions.Find(job.Session)?.NotedUpTo, older.Lines) };
        if (news.Lines.Count == 0 || !job.Agent.Compaction.MemoryFlush.Enabled || OfferedTo(job) is not { } offered)
        {
            return;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(job.Agent.Compaction.TimeoutSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            job.Spent.Check();
            var notes = await AskAsync(news, job, offered, either.Token);
            await sessions.UpdateAsync(job.Session, session => session with { NotedUpTo = news.Lines[^1].Id });
            Log.Noted(logger, job.Session.Value, await WriteAsync(notes, job, either.Token));
        }
        catch (Exception e) when (e is ProviderException or BudgetException or IOException or UnauthorizedAccessException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            Log.NotNoted(logger, job.Session.Value, e.Message);
        }
    }

    private static IReadOnlyList<TranscriptEntry> After(string? id, IReadOnlyList<TranscriptEntry> lines)
    {
        var seen = id is null ? 0 : lines.Count;
        while (seen > 0 && lines[seen - 1].Id != id)
        {
            seen--;
        }

        return [.. lines.Skip(seen)];
    }

    /// <summary>The tool; null where the agent may not use it without asking, be it in the session's channel or in that of the message.</summary>
    private AITool? OfferedTo(CompactionJob job)
    {
        string?[] channels = [job.Channel, SessionKeyForm.Of(job.Session).Channel];
        var offers = channels.Select(channel => tools.Value.WaitsForPeople(Tool, job.Agent.Id, channel)
            ? null
            : tools.Value.Offer(job.Agent.Id, channel).FirstOrDefault(tool => tool.Name == Tool)).ToList();
        return job.Agent.Mode == AgentModes.Fast || offers.Contains(null) ? null : offers[0];
    }

    private async Task<IReadOnlyList<FunctionCallContent>> AskAsync(Conversation news, CompactionJob job, AITool offered, CancellationToken ct)
    {
        var task = Prompt.Instructions(job.Agent.Instructions, briefing.Of(job.Agent, job.Session, ct), Task);
        var request = QuotedConversation.Ask(news, job.RequestTokens, task, "Take your notes now.");
        var options = new ChatOptions { MaxOutputTokens = job.SummaryTokens, Tools = [offered], ToolMode = ChatToolMode.Auto };
        var calls = new List<FunctionCallContent>();
        await foreach (var told in ImpatientStream.ReadAsync(models.AskAsync(job.Models, request, options, ct), _ => Log.LeftBehind(logger, job.Session.Value), time, ct))
        {
            job.Spent.Add(told);
            calls.AddRange(told.Update.Contents.OfType<FunctionCallContent>().Where(call => call.Name == Tool));
        }

        return calls;
    }

    /// <returns>How many were written.</returns>
    private async Task<int> WriteAsync(IReadOnlyList<FunctionCallContent> notes, CompactionJob job, CancellationToken ct)
    {
        var (workspace, written) = (workspaces.Of(job.Agent.Id), 0);
        foreach (var note in notes.Take(MaxNotes))
        {
            var context = new ToolContext(job.Agent.Id, job.Session.Value, job.RunId, note.CallId, workspace) { Channel = job.Channel };
            written += (await tools.Value.RunAsync(note, context, replyTo: null, ct)).IsError ? 0 : 1;
        }

        return written;
    }

    private static partial class Log
    {
        [LoggerMessage(1454, LogLevel.Information, "Before session {Session} was summarized its agent took {Notes} notes")]
        public static partial void Noted(ILogger logger, string session, int notes);

        [LoggerMessage(1455, LogLevel.Warning, "Before session {Session} was summarized its agent could not take notes: {Reason}")]
        public static partial void NotNoted(ILogger logger, string session, string reason);

        [LoggerMessage(1456, LogLevel.Warning, "The model that was to take notes of session {Session} did not stop in time; the summary is made without it")]
        public static partial void LeftBehind(ILogger logger, string session);
    }
}
