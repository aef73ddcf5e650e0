using System.Collections.Concurrent;
using System.Security.Cryptography;
using Chela.Contracts.Messages;
using Chela.Contracts.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions.Commands;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>What waits for somebody's decision. A run that waits is not remembered beyond the process: after a crash it is told as interrupted.</summary>
internal sealed partial class ApprovalTable(
    ApprovalGrants grants, ChannelCommanders commanders, EventBus events, Outbox outbox, TimeProvider time, ILogger<ApprovalTable> logger)
{
    /// <summary>How long somebody has for a decision (03-methods § 5.10).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>So many can wait; a further one is denied.</summary>
    public const int MostPending = 200;

    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private readonly ConcurrentDictionary<string, Waiting> _waiting = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What waits, the oldest first.</summary>
    public IReadOnlyList<Approval> Pending => [.. _waiting.Values.Select(one => one.Approval).OrderBy(one => one.CreatedAtMs)];

    /// <summary>Waits until somebody decides, or the time is over.</summary>
    /// <returns>Null when the tool may be used; else why not, for the model.</returns>
    public async Task<string?> AskAsync(ToolDescription tool, string arguments, ToolContext context, ReplyTarget? replyTo, CancellationToken ct)
    {
        var now = NowMs();
        var approval = new Approval(
            RandomNumberGenerator.GetString(Letters, 8), tool.Name, arguments, context.AgentId, context.SessionKey, context.RunId, context.CallId,
            now, now + (long)Longest.TotalMilliseconds)
        {
            Subject = tool.Risk == ToolRisk.High ? $"{tool.Name} {arguments}" : tool.Name,
            ReplyTo = replyTo,
        };
        if (await grants.CoversAsync(approval, ct))
        {
            return null;
        }

        var waiting = new Waiting(approval);
        if (_waiting.Count >= MostPending || !_waiting.TryAdd(approval.Id, waiting))
        {
            return "Too much waits for an approval already.";
        }

        try
        {
            await TellAsync(approval);
            var decision = await waiting.Decision.Task.WaitAsync(Longest, time, ct);
            return decision == ApprovalDecision.Deny ? "The use of the tool was not approved." : null;
        }
        catch (TimeoutException)
        {
            return "Nobody approved the use of the tool in time.";
        }
        finally
        {
            if (_waiting.TryRemove(approval.Id, out _))
            {
                events.Publish(new ApprovalResolvedEvent(approval, null, null, NowMs())); // the run ended, or the time is over
            }
        }
    }

    /// <summary>Decides; returns when an answer for good is on disk.</summary>
    /// <param name="id">The approval, or the beginning of its id where no other begins so.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="by">Who decided.</param>
    /// <returns>What was decided on; null when nothing of this id waits.</returns>
    /// <exception cref="IOException">The disk refuses to keep the answer: nothing was decided.</exception>
    public async Task<Approval?> ResolveAsync(string id, ApprovalDecision decision, string by)
    {
        if (Find(id) is not { } approval || !_waiting.TryGetValue(approval.Id, out var waiting) || !waiting.TryClaim())
        {
            return null; // or somebody else is quicker
        }

        try
        {
            await KeepAsync(approval, decision, by);
        }
        catch
        {
            waiting.GiveBack();
            throw;
        }

        _waiting.TryRemove(approval.Id, out _);
        Log.Resolved(logger, approval.Tool, approval.RunId, approval.SessionKey, ApprovalWords.Of(decision), by);
        events.Publish(new ApprovalResolvedEvent(approval, decision, by, NowMs()));
        waiting.Decision.TrySetResult(decision);
        return approval;
    }

    /// <summary>The approval of this id, or of the only one that begins so.</summary>
    public Approval? Find(string id)
    {
        if (_waiting.TryGetValue(id, out var exact))
        {
            return exact.Approval;
        }

        var like = _waiting.Values.Where(one => id.Length > 0 && one.Approval.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return like is [var only] ? only.Approval : null;
    }

    private Task KeepAsync(Approval approval, ApprovalDecision decision, string by) => decision switch
    {
        ApprovalDecision.AllowAlways => grants.AddForGoodAsync(approval, by, NowMs(), CancellationToken.None),
        ApprovalDecision.AllowSession => grants.AddForSessionAsync(approval, CancellationToken.None),
        _ => Task.CompletedTask,
    };

    /// <summary>Tells clients who may decide, and where the message came from a channel, the chat.</summary>
    private async Task TellAsync(Approval approval)
    {
        events.Publish(new ApprovalRequestedEvent(approval));
        if (approval.ReplyTo is { } target)
        {
            var who = commanders.HaveOwnerAt(target) ? "An owner decides, here or with a client of the gateway" : "Somebody with a client of the gateway decides";
            var text = $"The agent waits for leave to use a tool:\n{approval.Shown}\n\n{who}: /approve {approval.Id} allow-once (or {string.Join(", ", ApprovalWords.All.Skip(1))}).";
            await outbox.TryEnqueueAsync(new OutboundMessage($"{approval.RunId}:approval:{approval.Id}", target, text, approval.CreatedAtMs));
        }
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed class Waiting(Approval approval)
    {
        private int _claims;

        public Approval Approval => approval;

        public TaskCompletionSource<ApprovalDecision> Decision { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>True for the first who decides.</summary>
        public bool TryClaim() => Interlocked.Exchange(ref _claims, 1) == 0;

        public void GiveBack() => Volatile.Write(ref _claims, 0);
    }

    private static partial class Log
    {
        [LoggerMessage(1441, LogLevel.Information, "The use of {Tool} by run {Run} of session {Session} was decided: {Decision}, by {Who}")]
        public static partial void Resolved(ILogger logger, string tool, string run, string session, string decision, string who);
    }
}
