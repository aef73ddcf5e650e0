using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

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
    string Id,
    string CommandText,
    string CommandPreview,
    IReadOnlyList<string> AllowedDecisions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Host,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NodeId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? AgentId,
    long ExpiresAtMs)
{
    public static ApprovalView Of(Approval one) => new(
        one.Id, one.Shown, one.Request.CommandPreview ?? one.Shown, [.. one.Decisions.Select(ApprovalWords.Of)],
        one.Request.Host, one.Request.NodeId, one.Request.AgentId, one.ExpiresAtMs);
}

/// <summary>One that waits.</summary>
internal sealed record ApprovalRow(string Id, ApprovalRequest Request, long CreatedAtMs, long ExpiresAtMs, string ApprovalKind)
{
    public static ApprovalRow Of(Approval one) => new(one.Id, one.Request, one.CreatedAtMs, one.ExpiresAtMs, "exec");
}

/// <summary>What it is about. All texts are as people are shown them.</summary>
/// <param name="Command">The command, or the call of a tool.</param>
internal sealed record ApprovalRequest(string Command)
{
    public string? CommandPreview { get; init; }

    public string? Tool { get; init; }

    public string? Cwd { get; init; }

    public string? Host { get; init; }

    public string? NodeId { get; init; }

    public string? Security { get; init; }

    public string? Ask { get; init; }

    public string? AgentId { get; init; }

    public string? SessionKey { get; init; }

    public string? RunId { get; init; }

    public string? ToolCallId { get; init; }

    public string? ResolvedPath { get; init; }

    public string? WarningText { get; init; }

    public RunPlan? SystemRunPlan { get; init; }

    public string? TurnSourceChannel { get; init; }

    public string? TurnSourceTo { get; init; }

    public string? TurnSourceAccountId { get; init; }

    public string? TurnSourceThreadId { get; init; }
}

/// <summary>First answer to <c>exec.approval.request</c>, where two are wanted.</summary>
/// <param name="DeliveryRoute">How those who may decide hear of it: <c>approval-client</c> or <c>none</c>.</param>
internal sealed record ApprovalAccepted(string Status, string Id, string DeliveryRoute, long CreatedAtMs, long ExpiresAtMs);

/// <summary>Parameters of <c>exec.approval.waitDecision</c>.</summary>
internal sealed record ApprovalWaitParams([property: MinLength(1)] string Id);

/// <summary>Result of <c>exec.approval.waitDecision</c>, and last answer to <c>exec.approval.request</c>.</summary>
/// <param name="Decision">Null when nobody decided in time, or nobody could.</param>
internal sealed record ApprovalAnswer(
    string Id, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Decision, long CreatedAtMs, long ExpiresAtMs)
{
    public static ApprovalAnswer Of(Approval one, ApprovalDecision? decision) =>
        new(one.Id, decision is { } known ? ApprovalWords.Of(known) : null, one.CreatedAtMs, one.ExpiresAtMs);
}

/// <summary>Says to programs why there is nothing to decide.</summary>
internal sealed record ApprovalProblem(string Reason);

/// <summary>JSON types of this slice.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApprovalListParams))]
[JsonSerializable(typeof(ApprovalRow[]))]
[JsonSerializable(typeof(ApprovalGetParams))]
[JsonSerializable(typeof(ApprovalView))]
[JsonSerializable(typeof(ApprovalResolveParams))]
[JsonSerializable(typeof(ApprovalResolved))]
[JsonSerializable(typeof(CommandQuestion))]
[JsonSerializable(typeof(ApprovalAccepted))]
[JsonSerializable(typeof(ApprovalWaitParams))]
[JsonSerializable(typeof(ApprovalAnswer))]
[JsonSerializable(typeof(ApprovalProblem))]
internal sealed partial class ApprovalJson : JsonSerializerContext;
