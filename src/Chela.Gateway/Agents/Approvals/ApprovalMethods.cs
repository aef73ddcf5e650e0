using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>Decisions on what waits for them.</summary>
internal sealed class ApprovalMethods(ApprovalTable approvals) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = ApprovalJson.Default;
        methods.Add(MethodMap.Method("exec.approval.list", OperatorScopes.Approvals, json.ApprovalListParams, json.ApprovalRowArray, ListAsync) with
        {
            IsAudited = false,
            Summary = "List the uses of tools and the commands that wait for a decision.",
        });
        methods.Add(MethodMap.Method("exec.approval.get", OperatorScopes.Approvals, json.ApprovalGetParams, json.ApprovalView, GetAsync) with
        {
            IsAudited = false,
            Summary = "Show one of them.",
        });
        methods.Add(MethodMap.Method("exec.approval.resolve", OperatorScopes.Approvals, json.ApprovalResolveParams, json.ApprovalResolved, ResolveAsync) with
        {
            Summary = "Decide on one of them.",
        });
    }

    private ValueTask<ApprovalRow[]> ListAsync(ApprovalListParams parameters, CallContext context, CancellationToken ct) =>
        new([.. approvals.Pending.Select(ApprovalRow.Of)]);

    private ValueTask<ApprovalView> GetAsync(ApprovalGetParams parameters, CallContext context, CancellationToken ct)
    {
        return new(ApprovalView.Of(approvals.Find(parameters.Id) ?? throw Unknown()));
    }

    private async ValueTask<ApprovalResolved> ResolveAsync(ApprovalResolveParams parameters, CallContext context, CancellationToken ct)
    {
        var decision = ApprovalWords.Read(parameters.Decision)
            ?? throw new RpcException(RpcErrorKind.InvalidParams, $"invalid params: at /decision: must be one of {string.Join(", ", ApprovalWords.All)}");
        await ApproveCommand.ResolveAsync(approvals, parameters.Id, decision, context.Caller);
        return new ApprovalResolved(true);
    }

    /// <summary>Nothing of this id waits.</summary>
    internal static RpcException Unknown() =>
        new(Error(RpcErrorKind.NotFound, "unknown approval id: it was decided, has expired, or its run has ended", "APPROVAL_NOT_FOUND"));

    /// <summary>Somebody decided otherwise.</summary>
    internal static RpcException Decided() => new(Error(RpcErrorKind.InvalidRequest, "approval already resolved", "APPROVAL_ALREADY_RESOLVED"));

    private static RpcError Error(RpcErrorKind kind, string message, string reason) => new(kind, message)
    {
        Details = JsonSerializer.SerializeToElement(new ApprovalProblem(reason), ApprovalJson.Default.ApprovalProblem),
    };
}
