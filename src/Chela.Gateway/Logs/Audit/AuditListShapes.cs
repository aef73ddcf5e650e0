using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Chela.Gateway.Telemetry.Audit;

namespace Chela.Gateway.Logs.Audit;

/// <summary>Parameters of <c>audit.list</c>, as OpenClaw has them.</summary>
internal sealed record AuditListParams
{
    [StringLength(64, MinimumLength = 1)]
    public string? AgentId { get; init; }

    [StringLength(512, MinimumLength = 1)]
    public string? SessionKey { get; init; }

    [StringLength(512, MinimumLength = 1)]
    public string? RunId { get; init; }

    [AllowedValues(AuditEventRow.AgentRun, AuditEventRow.ToolAction)]
    public string? Kind { get; init; }

    [AllowedValues("started", "succeeded", "failed", "cancelled", "timed_out", "blocked", "unknown")]
    public string? Status { get; init; }

    [Range(0, 9_007_199_254_740_991)]
    public long? After { get; init; }

    [Range(0, 9_007_199_254_740_991)]
    public long? Before { get; init; }

    [Description("The most rows; 100 without it."), Range(1, 500)]
    public int? Limit { get; init; }

    [Description("Where the last answer ended."), StringLength(20, MinimumLength = 1)]
    public string? Cursor { get; init; }

    public bool Fits(AuditEventRow row) =>
        (AgentId ?? row.AgentId) == row.AgentId
        && (SessionKey ?? row.SessionKey) == row.SessionKey
        && (RunId ?? row.RunId) == row.RunId
        && (Kind ?? row.Kind) == row.Kind
        && (Status ?? row.Status) == row.Status;
}

/// <summary>Result of <c>audit.list</c>.</summary>
internal sealed record AuditListResult(IReadOnlyList<AuditEventRow> Events)
{
    public string? NextCursor { get; init; }
}

/// <summary>Who did it.</summary>
internal sealed record AuditActor(string Type, string Id);

/// <summary>A run of an agent or a use of a tool, as OpenClaw has it.</summary>
internal sealed record AuditEventRow(
    string EventId, long Sequence, long SourceSequence, long OccurredAt, string Kind, string Action, string Status, AuditActor Actor, string AgentId, string RunId, string Redaction)
{
    public const string AgentRun = "agent_run", ToolAction = "tool_action";

    public string? SessionKey { get; init; }

    public string? ErrorCode { get; init; }

    public string? ToolCallId { get; init; }

    public string? ToolName { get; init; }

    /// <summary>Null for an entry of another kind.</summary>
    public static AuditEventRow? Of(AuditRow row)
    {
        var kind = AuditActions.IsOfRun(row.Action) ? AgentRun : AuditActions.IsOfTool(row.Action) ? ToolAction : null;
        if (kind is null || row.Agent is not { } agent || row.Run is not { } run)
        {
            return null;
        }

        var status = row.Outcome switch
        {
            AuditEntry.Started => "started",
            AuditEntry.Done => "succeeded",
            AuditEntry.Refused => "blocked",
            AuditEntry.Cancelled => "cancelled",
            _ => "failed",
        };
        return new AuditEventRow(
            row.Sequence.ToString(CultureInfo.InvariantCulture), row.Sequence, row.Sequence, row.AtMs, kind, row.Action, status,
            new AuditActor("agent", agent), agent, run, "metadata_only")
        {
            SessionKey = row.Session,
            ErrorCode = status is "started" or "succeeded" ? null : $"{(kind == AgentRun ? "run" : "tool")}_{status}",
            ToolCallId = row.Facts?.GetValueOrDefault(AuditActions.Call),
            ToolName = row.Facts?.GetValueOrDefault(AuditActions.Tool),
        };
    }
}
