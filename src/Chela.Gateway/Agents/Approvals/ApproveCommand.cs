using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions.Commands;
using Chela.Gateway.Telemetry.Audit;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>Deciding in the chat on what waits for it.</summary>
internal sealed class ApproveCommand(ApprovalTable approvals, IAuditTrail audit) : ICommandModule
{
    public IEnumerable<ChatCommand> Commands =>
    [
        new("approve", "options", "Show what agents and clients ask leave for, or decide on it.", RunAsync)
        {
            Argument = new CommandArgument("id and decision", $"for example: ABCD2345 allow-once; one of {string.Join(", ", ApprovalWords.All)}"),
        },
    ];

    /// <summary>Decides on behalf of a caller; does nothing where the same was decided a moment ago.</summary>
    /// <exception cref="RpcException">Nothing of this id waits, or that cannot be decided on it, or the decision cannot be kept.</exception>
    public static async Task<Approval> ResolveAsync(ApprovalTable approvals, string id, ApprovalDecision decision, Caller caller)
    {
        if (approvals.Find(id) is { } one && !one.Decisions.Contains(decision))
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"this can only be decided by one of {string.Join(", ", one.Decisions.Select(ApprovalWords.Of))}");
        }

        try
        {
            return await approvals.ResolveAsync(id, decision, caller.Party ?? caller.ClientId) ?? DecidedSo(approvals, id, decision);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the decision could not be written to disk, and was not taken; is the disk full?");
        }
    }

    private static Approval DecidedSo(ApprovalTable approvals, string id, ApprovalDecision decision) => approvals.FindDecided(id) switch
    {
        { Decision: { } earlier } outcome => earlier == decision ? outcome.Approval : throw ApprovalMethods.Decided(),
        _ => throw ApprovalMethods.Unknown(),
    };

    private async Task<CommandReply> RunAsync(CommandCall call)
    {
        if (!call.Commander.Caller.Holds(OperatorScopes.Approvals))
        {
            throw new RpcException(ScopeCheck.Missing(OperatorScopes.Approvals));
        }

        var words = call.Argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return new CommandReply(approvals.Pending is { Count: > 0 } pending
                ? string.Join('\n', pending.Select(one => $"{one.Id}: {one.Shown}"))
                : "Nothing waits for a decision.");
        }

        if (words.Length != 2 || ApprovalWords.Read(words[1]) is not { } decision)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"say /approve, an id, and one of {string.Join(", ", ApprovalWords.All)}");
        }

        var one = await ResolveAsync(approvals, words[0], decision, call.Commander.Caller);
        await audit.WriteAsync(new AuditEntry(AuditActions.ApprovalDecided)
        {
            Facts = new Dictionary<string, string> { ["id"] = one.Id, ["decision"] = ApprovalWords.Of(decision) },
        });
        return new CommandReply($"{ApprovalWords.Of(decision)}: {one.Shown}");
    }
}
