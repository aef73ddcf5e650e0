using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions.Commands;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>Deciding on the use of a tool in the chat.</summary>
internal sealed class ApproveCommand(ApprovalTable approvals) : ICommandModule
{
    public IEnumerable<ChatCommand> Commands =>
    [
        new("approve", "options", "Show what the agents ask leave for, or decide on it.", RunAsync)
        {
            Argument = new CommandArgument("id and decision", $"for example: ABCD2345 allow-once; one of {string.Join(", ", ApprovalWords.All)}"),
        },
    ];

    /// <summary>Decides on behalf of a caller.</summary>
    /// <exception cref="RpcException">Nothing of this id waits, or the decision cannot be kept.</exception>
    public static async Task<Approval> ResolveAsync(ApprovalTable approvals, string id, ApprovalDecision decision, Caller caller)
    {
        try
        {
            return await approvals.ResolveAsync(id, decision, caller.Party ?? caller.ClientId) ?? throw ApprovalMethods.Unknown();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the decision could not be written to disk, and was not taken; is the disk full?");
        }
    }

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
        return new CommandReply($"{ApprovalWords.Of(decision)}: {one.Shown}");
    }
}
