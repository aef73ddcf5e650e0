using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>True when somebody is connected who may decide, besides the connection that asks.</summary>
internal delegate bool ApprovalAudience(string askingConnection);

/// <summary>Commands of clients, such as programs that run them on other machines, which wait for somebody's decision.</summary>
internal sealed class CommandApprovalMethods(ApprovalTable approvals, ApprovalAudience audience, TimeProvider time) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = ApprovalJson.Default;
        methods.Add(MethodMap.Method("exec.approval.request", OperatorScopes.Approvals, json.CommandQuestion, json.ApprovalAnswer, AskAsync) with
        {
            Summary = "Ask for a decision on a command, and wait for it. Answers twice where twoPhase is true, in the OpenClaw dialect.",
        });
        methods.Add(MethodMap.Method("exec.approval.waitDecision", OperatorScopes.Approvals, json.ApprovalWaitParams, json.ApprovalAnswer, WaitAsync) with
        {
            IsAudited = false,
            Summary = "Wait for the decision on something that waits for one, or was just decided.",
        });
    }

    private async ValueTask<ApprovalAnswer> AskAsync(CommandQuestion question, CallContext context, CancellationToken ct)
    {
        var approval = question.ToApproval(question.Id ?? ApprovalTable.NewId(), time.GetUtcNow().ToUnixTimeMilliseconds(), ApprovalTable.Longest);
        var isHeard = audience(context.Caller.ConnectionId);
        if (!isHeard && question.RequireDeliveryRoute != false)
        {
            return ApprovalAnswer.Of(approval, null);
        }

        var decision = approvals.Open(approval);
        if (question.TwoPhase == true)
        {
            var accepted = new ApprovalAccepted("accepted", approval.Id, isHeard ? "approval-client" : "none", approval.CreatedAtMs, approval.ExpiresAtMs);
            context.AnswerInterim(new Answer<ApprovalAccepted>(accepted, ApprovalJson.Default.ApprovalAccepted));
        }

        return ApprovalAnswer.Of(approval, await decision.WaitAsync(ct)); // without the caller it waits on
    }

    private async ValueTask<ApprovalAnswer> WaitAsync(ApprovalWaitParams parameters, CallContext context, CancellationToken ct)
    {
        var outcome = await approvals.WaitAsync(parameters.Id, ct)
            ?? throw new RpcException(RpcErrorKind.InvalidRequest, "approval expired or not found");
        return ApprovalAnswer.Of(outcome.Approval, outcome.Decision);
    }
}
