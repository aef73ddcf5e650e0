using Chela.Contracts.Messages;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>A use of a tool that somebody has to decide on.</summary>
/// <param name="Id">Names it among those that wait; short enough to be typed.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Arguments">What it would be called with, a JSON object.</param>
/// <param name="AgentId">The agent that wants it.</param>
/// <param name="SessionKey">The session.</param>
/// <param name="RunId">The run, which waits.</param>
/// <param name="CallId">The call.</param>
/// <param name="CreatedAtMs">Since when it waits, in Unix milliseconds.</param>
/// <param name="ExpiresAtMs">When nobody's answer becomes a no.</param>
internal sealed record Approval(
    string Id, string Tool, string Arguments, string AgentId, string SessionKey, string RunId, string CallId, long CreatedAtMs, long ExpiresAtMs)
{
    private const int LongestShown = 2_000;

    /// <summary>What "always" and "for this session" are said of: the tool, or for a risky one this very call.</summary>
    public required string Subject { get; init; }

    /// <summary>Where the message came from that the run answers; null for clients.</summary>
    public ReplyTarget? ReplyTo { get; init; }

    /// <summary>The call as people are shown it, on one line.</summary>
    public string Shown
    {
        get
        {
            var text = $"{Tool} {Arguments}";
            var line = string.Concat(text.Take(LongestShown).Select(letter => char.IsControl(letter) || IsInvisible(letter) ? ' ' : letter));
            return text.Length > LongestShown ? line + "…" : line;
        }
    }

    /// <summary>Marks that turn the direction of text around make a command look like another.</summary>
    private static bool IsInvisible(char letter) => char.GetUnicodeCategory(letter) is System.Globalization.UnicodeCategory.Format;
}

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

/// <summary>Decisions as clients and people write them.</summary>
internal static class ApprovalWords
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = ["allow-once", "allow-session", "allow-always", "deny"];

    /// <summary>The word for a decision.</summary>
    public static string Of(ApprovalDecision decision) => decision switch
    {
        ApprovalDecision.AllowOnce => "allow-once",
        ApprovalDecision.AllowSession => "allow-session",
        ApprovalDecision.AllowAlways => "allow-always",
        _ => "deny",
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
