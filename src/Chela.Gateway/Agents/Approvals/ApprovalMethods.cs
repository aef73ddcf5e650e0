using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>Parameters of <c>exec.approval.list</c>: none.</summary>
internal sealed record ApprovalListParams;

/// <summary>Parameters of <c>exec.approval.get</c>.</summary>
internal sealed record ApprovalGetParams([property: MinLength(1)] string Id);

/// <summary>Parameters of <c>exec.approval.resolve</c>.</summary>
internal sealed record ApprovalResolveParams(
    [property: Description("The approval, or the beginning of its id."), MinLength(1)] string Id,
    [property: Description("allow-once, allow-session, allow-always or deny."), MinLength(1)] string Decision);

/// <summary>Result of <c>exec.approval.resolve</c>.</summary>
internal sealed record ApprovalResolved(bool Ok);

/// <summary>Result of <c>exec.approval.get</c>.</summary>
internal sealed record ApprovalView(
    string Id, string CommandText, string CommandPreview, IReadOnlyList<string> AllowedDecisions, string Host, string AgentId, long ExpiresAtMs);

/// <summary>One that waits.</summary>
internal sealed record ApprovalRow(string Id, ApprovalRequest Request, long CreatedAtMs, long ExpiresAtMs, string ApprovalKind)
{
    public static ApprovalRow Of(Approval one) => new(
        one.Id, new ApprovalRequest(one.Shown, one.Tool, "gateway", "always", one.AgentId, one.SessionKey, one.RunId, one.CallId) { TurnSourceChannel = one.ReplyTo?.Channel },
        one.CreatedAtMs, one.ExpiresAtMs, "exec");
}

/// <summary>What it is about.</summary>
/// <param name="Command">The call, on one line.</param>
internal sealed record ApprovalRequest(
    string Command, string Tool, string Host, string Ask, string AgentId, string SessionKey, string RunId, string ToolCallId)
{
    public string? TurnSourceChannel { get; init; }
}

/// <summary>Decisions on the use of tools.</summary>
internal sealed class ApprovalMethods(ApprovalTable approvals) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = ApprovalJson.Default;
        methods.Add(MethodMap.Method("exec.approval.list", OperatorScopes.Approvals, json.ApprovalListParams, json.ApprovalRowArray, ListAsync) with
        {
            Summary = "List the uses of tools that wait for a decision.",
        });
        methods.Add(MethodMap.Method("exec.approval.get", OperatorScopes.Approvals, json.ApprovalGetParams, json.ApprovalView, GetAsync) with
        {
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
        var one = approvals.Find(parameters.Id) ?? throw Unknown();
        return new(new ApprovalView(one.Id, one.Shown, one.Shown, ApprovalWords.All, "gateway", one.AgentId, one.ExpiresAtMs));
    }

    private async ValueTask<ApprovalResolved> ResolveAsync(ApprovalResolveParams parameters, CallContext context, CancellationToken ct)
    {
        var decision = ApprovalWords.Read(parameters.Decision)
            ?? throw new RpcException(RpcErrorKind.InvalidParams, $"invalid params: at /decision: must be one of {string.Join(", ", ApprovalWords.All)}");
        await ApproveCommand.ResolveAsync(approvals, parameters.Id, decision, context.Caller);
        return new ApprovalResolved(true);
    }

    /// <summary>Nothing of this id waits.</summary>
    internal static RpcException Unknown() => new(RpcErrorKind.NotFound, "unknown approval id: it was decided, has expired, or its run has ended");
}

/// <summary>JSON types of this slice.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApprovalListParams))]
[JsonSerializable(typeof(ApprovalRow[]))]
[JsonSerializable(typeof(ApprovalGetParams))]
[JsonSerializable(typeof(ApprovalView))]
[JsonSerializable(typeof(ApprovalResolveParams))]
[JsonSerializable(typeof(ApprovalResolved))]
internal sealed partial class ApprovalJson : JsonSerializerContext;
