using System.Collections.Concurrent;
using System.Security.Cryptography;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions.Commands;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>
/// What waits for somebody's decision. None of it is remembered beyond the process: a run that waits is told as interrupted after a crash, and a client that
/// asked hears that its approval is not known.
/// </summary>
internal sealed partial class ApprovalTable(
    ApprovalGrants grants, ChannelCommanders commanders, EventBus events, Outbox outbox, TimeProvider time, ILogger<ApprovalTable> logger)
{
    /// <summary>How long somebody has for a decision (03-methods § 5.10).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>So many can wait; a further one is denied.</summary>
    public const int MostPending = 200;

    /// <summary>So many of them can be commands of clients, which have not to stand in the way of agents.</summary>
    public const int MostCommands = 100;

    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private readonly ConcurrentDictionary<string, WaitingApproval> _waiting = new(StringComparer.OrdinalIgnoreCase);
    private readonly RecentDecisions _decided = new(time);

    /// <summary>What waits, the oldest first.</summary>
    public IReadOnlyList<Approval> Pending => [.. _waiting.Values.Select(one => one.Approval).OrderBy(one => one.CreatedAtMs)];

    /// <summary>A name for an approval, short enough to be typed.</summary>
    public static string NewId() => RandomNumberGenerator.GetString(Letters, 8);

    /// <summary>Asks for the use of a tool; waits until somebody decides, or the time is over.</summary>
    /// <returns>Null when the tool may be used; else why not, for the model.</returns>
    public async Task<string?> AskAsync(ToolDescription tool, string arguments, ToolContext context, ReplyTarget? replyTo, CancellationToken ct)
    {
        var now = NowMs();
        var approval = Approval.OfTool(NewId(), tool, arguments, context, replyTo, now, now + (long)Longest.TotalMilliseconds);
        if (await grants.CoversAsync(approval.Subject!, ct))
        {
            return null;
        }

        var waiting = new WaitingApproval(approval);
        if (_waiting.Count >= MostPending || !_waiting.TryAdd(approval.Id, waiting))
        {
            return "Too much waits for an approval already.";
        }

        try
        {
            await TellAsync(approval);
            return await DecisionAsync(waiting, ct) switch
            {
                null => "Nobody approved the use of the tool in time.",
                ApprovalDecision.Deny => "The use of the tool was not approved.",
                _ => null,
            };
        }
        finally
        {
            EndUndecided(waiting); // the run ended
        }
    }

    /// <summary>Asks about a command of a client. It waits whatever becomes of that client.</summary>
    /// <returns>Ends with the decision; null when nobody decides in time.</returns>
    /// <exception cref="RpcException">One of this id waits or was just decided, or too many wait.</exception>
    public Task<ApprovalDecision?> Open(Approval approval)
    {
        if (_waiting.Count >= MostPending || _waiting.Values.Count(one => one.Approval.Subject is null) >= MostCommands)
        {
            throw new RpcException(RpcErrorKind.TooMany, "too much waits for a decision already; try again when some of it was decided");
        }

        var waiting = new WaitingApproval(approval);
        if (_decided.Find(approval.Id) is not null || !_waiting.TryAdd(approval.Id, waiting))
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "approval id already pending");
        }

        events.Publish(new ApprovalRequestedEvent(approval));
        return DecisionAsync(waiting, CancellationToken.None);
    }

    /// <summary>Waits for the outcome of one that waits, or was just decided.</summary>
    /// <returns>Null when there is none of this id.</returns>
    public async Task<ApprovalOutcome?> WaitAsync(string id, CancellationToken ct) => _waiting.TryGetValue(id, out var waiting)
        ? new ApprovalOutcome(waiting.Approval, await waiting.Decision.Task.WaitAsync(ct))
        : _decided.Find(id);

    /// <summary>What was decided a moment ago; null when there is none of this id.</summary>
    public ApprovalOutcome? FindDecided(string id) => _decided.Find(id);

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
            await KeepAsync(approval.Subject, decision, by);
        }
        catch
        {
            waiting.GiveBack();
            if (waiting.IsOver)
            {
                EndUndecided(waiting);
            }

            throw;
        }

        Log.Resolved(logger, approval.Id, approval.Request.Tool, approval.Request.SessionKey, ApprovalWords.Of(decision), by);
        End(waiting, decision, by);
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

    private async Task<ApprovalDecision?> DecisionAsync(WaitingApproval waiting, CancellationToken ct)
    {
        var left = TimeSpan.FromMilliseconds(waiting.Approval.ExpiresAtMs - waiting.Approval.CreatedAtMs);
        try
        {
            return await waiting.Decision.Task.WaitAsync(left, time, ct);
        }
        catch (TimeoutException)
        {
            EndUndecided(waiting);
            return await waiting.Decision.Task; // who was about to decide does so
        }
    }

    private void EndUndecided(WaitingApproval waiting)
    {
        if (waiting.TryClaimAsOver())
        {
            End(waiting, null, null);
        }
    }

    private void End(WaitingApproval waiting, ApprovalDecision? decision, string? by)
    {
        _decided.Add(new ApprovalOutcome(waiting.Approval, decision)); // before it is gone from the others: whoever asks finds it here or there
        _waiting.TryRemove(waiting.Approval.Id, out _);
        events.Publish(new ApprovalResolvedEvent(waiting.Approval, decision, by, NowMs()));
        waiting.Decision.TrySetResult(decision);
    }

    private Task KeepAsync(ApprovalSubject? subject, ApprovalDecision decision, string by) => (subject, decision) switch
    {
        ({ } known, ApprovalDecision.AllowAlways) => grants.AddForGoodAsync(known, by, NowMs(), CancellationToken.None),
        ({ } known, ApprovalDecision.AllowSession) => grants.AddForSessionAsync(known, CancellationToken.None),
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
            await outbox.TryEnqueueAsync(new OutboundMessage($"{approval.Request.RunId}:approval:{approval.Id}", target, text, approval.CreatedAtMs)
            {
                Choices = [.. ApprovalWords.Decisions.Select(one => new Choice(ApprovalWords.LabelOf(one), $"/approve {approval.Id} {ApprovalWords.Of(one)}"))],
            });
        }
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static partial class Log
    {
        [LoggerMessage(1471, LogLevel.Information, "Approval {Id} (tool {Tool}, session {Session}) was decided: {Decision}, by {Who}")]
        public static partial void Resolved(ILogger logger, string id, string? tool, string? session, string decision, string who);
    }
}
