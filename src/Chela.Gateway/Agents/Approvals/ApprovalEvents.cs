using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>Somebody is asked for a decision (04-events § 8).</summary>
internal sealed class ApprovalRequestedEvent(Approval approval) : GatewayEvent
{
    public override string Name => "exec.approval.requested";

    public override OperatorScopes RequiredScope => OperatorScopes.Approvals;

    public override string? NameIn(Dialect dialect) => dialect == Dialect.Session ? null : Name;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        var row = JsonSerializer.SerializeToElement(ApprovalRow.Of(approval), ApprovalJson.Default.ApprovalRow);
        foreach (var member in row.EnumerateObject())
        {
            member.WriteTo(writer);
        }
    }
}

/// <summary>It was decided, or nobody did in time.</summary>
internal sealed class ApprovalResolvedEvent(Approval approval, ApprovalDecision? decision, string? by, long nowMs) : GatewayEvent
{
    public override string Name => "exec.approval.resolved";

    public override OperatorScopes RequiredScope => OperatorScopes.Approvals;

    public override string? NameIn(Dialect dialect) => dialect == Dialect.Session ? null : Name;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("id"u8, approval.Id);
        writer.WriteString("decision"u8, decision is { } known ? ApprovalWords.Of(known) : null);
        if (by is not null)
        {
            writer.WriteString("resolvedBy"u8, by);
        }

        writer.WriteNumber("ts"u8, nowMs);
        writer.WritePropertyName("request"u8);
        JsonSerializer.Serialize(writer, ApprovalRow.Of(approval).Request, ApprovalJson.Default.ApprovalRequest);
    }
}
