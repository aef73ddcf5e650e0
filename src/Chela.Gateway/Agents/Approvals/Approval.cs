using Chela.Contracts.Messages;
using Chela.Contracts.Tools;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>Something that somebody has to decide on: the use of a tool by an agent, or a command that a client asks about.</summary>
/// <param name="Id">Names it among those that wait.</param>
/// <param name="Request">What people are shown of it.</param>
/// <param name="CreatedAtMs">Since when it waits, in Unix milliseconds.</param>
/// <param name="ExpiresAtMs">When nobody's answer becomes a no.</param>
internal sealed record Approval(string Id, ApprovalRequest Request, long CreatedAtMs, long ExpiresAtMs)
{
    private const int LongestShown = 2_000;

    /// <summary>What "always" and "for this session" are said of; null where whoever asks has to remember such answers.</summary>
    public ApprovalSubject? Subject { get; init; }

    /// <summary>Where the message came from that the run answers; null for clients.</summary>
    public ReplyTarget? ReplyTo { get; init; }

    /// <summary>What may be decided.</summary>
    public IReadOnlyList<ApprovalDecision> Decisions { get; init; } = ApprovalWords.Decisions;

    /// <summary>What it is about, on one line.</summary>
    public string Shown => Request.Command;

    /// <summary>The use of a tool in a run, which waits.</summary>
    public static Approval OfTool(
        string id, ToolDescription tool, string arguments, ToolContext context, ReplyTarget? replyTo, long nowMs, long expiresAtMs)
    {
        var text = $"{tool.Name} {arguments}";
        var request = new ApprovalRequest(ShownText.Of(text.Length > LongestShown ? $"{text.AsSpan(0, LongestShown)}…" : text))
        {
            Tool = tool.Name,
            Host = "gateway",
            Ask = "always",
            AgentId = context.AgentId,
            SessionKey = context.SessionKey,
            RunId = context.RunId,
            ToolCallId = context.CallId,
            TurnSourceChannel = replyTo?.Channel,
        };
        var subject = tool.Risk == ToolRisk.High ? $"{tool.Name} {arguments}" : tool.Name;
        return new Approval(id, request, nowMs, expiresAtMs)
        {
            Subject = new ApprovalSubject(context.AgentId, context.SessionKey, subject),
            ReplyTo = replyTo,
        };
    }
}

/// <summary>What an answer for longer is said of.</summary>
/// <param name="AgentId">The agent that wants it.</param>
/// <param name="SessionKey">The session.</param>
/// <param name="Name">The tool, or for a risky one this very call.</param>
internal sealed record ApprovalSubject(string AgentId, string SessionKey, string Name);

/// <summary>What somebody decided.</summary>
internal enum ApprovalDecision
{
    /// <summary>Not this time.</summary>
    Deny,

    /// <summary>This time.</summary>
    AllowOnce,

    /// <summary>As long as the gateway runs, in this session.</summary>
    AllowSession,

    /// <summary>From now on.</summary>
    AllowAlways,
}

/// <summary>What became of an approval.</summary>
/// <param name="Decision">What was decided; null when nobody did in time, or the run ended.</param>
internal sealed record ApprovalOutcome(Approval Approval, ApprovalDecision? Decision);

/// <summary>Decisions as clients and people write them.</summary>
internal static class ApprovalWords
{
    /// <summary>All decisions, in the order in which people are shown them.</summary>
    public static IReadOnlyList<ApprovalDecision> Decisions { get; } =
        [ApprovalDecision.AllowOnce, ApprovalDecision.AllowSession, ApprovalDecision.AllowAlways, ApprovalDecision.Deny];

    /// <summary>Their words.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Decisions.Select(Of)];

    /// <summary>The word for a decision.</summary>
    public static string Of(ApprovalDecision decision) => decision switch
    {
        ApprovalDecision.AllowOnce => "allow-once",
        ApprovalDecision.AllowSession => "allow-session",
        ApprovalDecision.AllowAlways => "allow-always",
        _ => "deny",
    };

    /// <summary>What stands on the button for a decision.</summary>
    public static string LabelOf(ApprovalDecision decision) => decision switch
    {
        ApprovalDecision.AllowOnce => "Allow once",
        ApprovalDecision.AllowSession => "Allow this session",
        ApprovalDecision.AllowAlways => "Allow always",
        _ => "Deny",
    };

    /// <summary>The decision that a word stands for, also in the shorter forms that people type; null for any other.</summary>
    public static ApprovalDecision? Read(string word) => word.ToLowerInvariant() switch
    {
        "allow-once" or "once" or "allow" or "yes" => ApprovalDecision.AllowOnce,
        "allow-session" or "session" => ApprovalDecision.AllowSession,
        "allow-always" or "always" => ApprovalDecision.AllowAlways,
        "deny" or "no" => ApprovalDecision.Deny,
        _ => null,
    };
}
