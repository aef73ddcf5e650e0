using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Chela.Contracts.Errors;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>Parameters of <c>exec.approval.request</c>: a command that somebody has to decide on.</summary>
internal sealed record CommandQuestion
{
    private const int LongestCommand = 16_000;
    private const string OnNode = "node";

    [Description("Names it; without one it is given a short one."), RegularExpression("^[!-~]{1,128}\\z")]
    public string? Id { get; init; }

    [StringLength(LongestCommand, MinimumLength = 1)]
    public string? Command { get; init; }

    [MaxLength(1_000), StringLength(LongestCommand), Description("The command's words, where it is not given as one text.")]
    public IReadOnlyList<string>? CommandArgv { get; init; }

    [Description("What a node is to run; needed where host is node.")]
    public RunPlan? SystemRunPlan { get; init; }

    [MaxLength(1_000), Description("Taken, and shown to nobody: it may hold secrets.")]
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    [StringLength(4_096)]
    public string? Cwd { get; init; }

    [StringLength(256, MinimumLength = 1)]
    public string? NodeId { get; init; }

    [StringLength(64)]
    public string? Host { get; init; }

    [StringLength(64)]
    public string? Security { get; init; }

    [StringLength(64)]
    public string? Ask { get; init; }

    [StringLength(4_000)]
    public string? WarningText { get; init; }

    [Description("Taken, and not used.")]
    public JsonElement? Scope { get; init; }

    [MinLength(1), MaxLength(1), AllowedValues("allow-always")]
    public IReadOnlyList<string>? UnavailableDecisions { get; init; }

    [Description("Taken, and not used.")]
    public JsonElement? CommandSpans { get; init; }

    [StringLength(256)]
    public string? AgentId { get; init; }

    [StringLength(4_096)]
    public string? ResolvedPath { get; init; }

    [StringLength(1_024)]
    public string? SessionKey { get; init; }

    [StringLength(256)]
    public string? SessionId { get; init; }

    [StringLength(256)]
    public string? RunId { get; init; }

    [StringLength(256)]
    public string? ToolCallId { get; init; }

    [StringLength(64)]
    public string? TurnSourceChannel { get; init; }

    [StringLength(1_024)]
    public string? TurnSourceTo { get; init; }

    [StringLength(256)]
    public string? TurnSourceAccountId { get; init; }

    [Description("A text or a number.")]
    public JsonElement? TurnSourceThreadId { get; init; }

    [MaxLength(100), StringLength(256, MinimumLength = 1), Description("Taken, and not used.")]
    public IReadOnlyList<string>? ApprovalReviewerDeviceIds { get; init; }

    [Description("False waits also while nobody is connected who may decide.")]
    public bool? RequireDeliveryRoute { get; init; }

    [Description("Taken, and not used: nobody but clients is told.")]
    public bool? SuppressDelivery { get; init; }

    [Description("Taken, and not used: nobody but clients is told.")]
    public bool? DeliverToApprovalClientsOnly { get; init; }

    [Range(1, int.MaxValue), Description("How long it waits; 30 minutes without it, and at most.")]
    public int? TimeoutMs { get; init; }

    [Description("Whether to answer twice: when it waits, and when it was decided.")]
    public bool? TwoPhase { get; init; }

    /// <summary>The same as somebody decides on it.</summary>
    /// <exception cref="RpcException">It is no command, or one for a node that does not say all.</exception>
    public Approval ToApproval(string id, long nowMs, TimeSpan longest)
    {
        var plan = Host?.Trim() == OnNode ? PlanForNode() : null;
        var command = plan?.CommandText ?? Command ?? Joined(CommandArgv ?? []);
        if (string.IsNullOrWhiteSpace(command) || command.Length > LongestCommand)
        {
            throw Refused($"command is required, with at most {LongestCommand} characters");
        }

        var request = new ApprovalRequest(ShownText.Of(command))
        {
            CommandPreview = Shown(plan?.CommandPreview),
            Cwd = Shown(plan?.Cwd ?? Cwd),
            Host = Shown(Host?.Trim()),
            NodeId = plan is null ? null : Shown(NodeId),
            Security = Shown(Security),
            Ask = Shown(Ask),
            AgentId = Shown(plan?.AgentId ?? AgentId),
            SessionKey = Shown(plan?.SessionKey ?? SessionKey),
            RunId = Shown(RunId),
            ToolCallId = Shown(ToolCallId),
            ResolvedPath = Shown(ResolvedPath),
            WarningText = Shown(WarningText),
            SystemRunPlan = plan?.Shown(),
            TurnSourceChannel = Shown(TurnSourceChannel),
            TurnSourceTo = Shown(TurnSourceTo),
            TurnSourceAccountId = Shown(TurnSourceAccountId),
            TurnSourceThreadId = Shown(Thread()),
        };
        var wait = Math.Min(TimeoutMs ?? long.MaxValue, (long)longest.TotalMilliseconds);
        return new Approval(id, request, nowMs, nowMs + wait)
        {
            Decisions = UnavailableDecisions is null
                ? [ApprovalDecision.AllowOnce, ApprovalDecision.AllowAlways, ApprovalDecision.Deny]
                : [ApprovalDecision.AllowOnce, ApprovalDecision.Deny],
        };
    }

    private RunPlan PlanForNode() =>
        string.IsNullOrWhiteSpace(NodeId) ? throw Refused("nodeId is required for host=node")
        : SystemRunPlan is null ? throw Refused("systemRunPlan is required for host=node")
        : SystemRunPlan.Argv.Count == 0 ? throw Refused("commandArgv is required for host=node")
        : SystemRunPlan.Argv.Sum(word => (long)word.Length) > LongestCommand ? throw Refused($"systemRunPlan.argv has more than {LongestCommand} characters")
        : SystemRunPlan;

    private string? Thread() => TurnSourceThreadId switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String or JsonValueKind.Number } thread when thread.ToString() is { Length: <= 256 } text => text,
        _ => throw Refused("turnSourceThreadId is a number or a short text"),
    };

    private static string? Shown(string? text) => text is null ? null : ShownText.Of(text);

    /// <summary>Words as one text: those with spaces or quotes in quotes.</summary>
    private static string Joined(IReadOnlyList<string> words) => string.Join(' ', words.Select(word =>
        word.Length > 0 && !word.Any(letter => char.IsWhiteSpace(letter) || letter is '"' or '\'' or '\\')
            ? word
            : $"\"{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));

    private static RpcException Refused(string what) => new(RpcErrorKind.InvalidRequest, what);
}

/// <summary>What a node is to run.</summary>
/// <param name="Argv">The program and its arguments.</param>
/// <param name="CommandText">The same as one text.</param>
internal sealed record RunPlan(
    [property: MaxLength(1_000), StringLength(16_000)] IReadOnlyList<string> Argv,
    [property: StringLength(4_096)] string? Cwd,
    [property: StringLength(16_000)] string CommandText,
    [property: StringLength(256)] string? AgentId,
    [property: StringLength(1_024)] string? SessionKey)
{
    [StringLength(4_000)]
    public string? CommandPreview { get; init; }

    [Description("Taken, and not used.")]
    public JsonElement? PolicySnapshot { get; init; }

    [Description("Taken, and not used.")]
    public JsonElement? MutableFileOperand { get; init; }

    /// <summary>The same as people are shown it.</summary>
    public RunPlan Shown() => new([.. Argv.Select(ShownText.Of)], Shown(Cwd), ShownText.Of(CommandText), Shown(AgentId), Shown(SessionKey))
    {
        CommandPreview = Shown(CommandPreview),
    };

    private static string? Shown(string? text) => text is null ? null : ShownText.Of(text);
}
