namespace Chela.Gateway.Telemetry.Audit;

/// <summary>The names of deeds that are no calls of methods, and of facts about them.</summary>
internal static class AuditActions
{
    public const string RunStarted = "agent.run.started", RunFinished = "agent.run.finished";

    public const string ToolStarted = "tool.action.started", ToolFinished = "tool.action.finished";

    public const string ConfigChanged = "config.changed";

    public const string DeviceAdmitted = "device.admitted";

    public const string ApprovalDecided = "approval.decided";

    public const string LoginRefused = "login.refused";

    public const string GatewayStarted = "gateway.started", GatewayStopped = "gateway.stopped";

    /// <summary>The fact that names a tool.</summary>
    public const string Tool = "tool";

    /// <summary>The fact that names a call of a tool.</summary>
    public const string Call = "call";

    public static bool IsOfRun(string action) => action is RunStarted or RunFinished;

    public static bool IsOfTool(string action) => action is ToolStarted or ToolFinished;
}
