using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>Parameters of <c>chat.send</c>: the part of OpenClaw's that means something here; the rest is refused by name.</summary>
internal sealed record ChatSendParams(
    [property: Description("Session key, full or short."), StringLength(SessionKey.MaxLength, MinimumLength = 1)] string SessionKey,
    [property: Description("The text.")] string Message,
    [property: Description("Names the run; the same key again is answered, not run again."), StringLength(256, MinimumLength = 1)]
    string IdempotencyKey)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [MinLength(1)]
    public string? SessionId { get; init; }

    /// <summary>Attachments come with a later version; a call that brings any is refused rather than answered without them.</summary>
    [MaxLength(0)]
    public IReadOnlyList<JsonElement>? Attachments { get; init; }

    public string? Thinking { get; init; }

    public bool? Deliver { get; init; }

    [Range(0, int.MaxValue)]
    public int? TimeoutMs { get; init; }
}

/// <summary>Acknowledgement of <c>chat.send</c>.</summary>
/// <param name="RunId">The idempotency key.</param>
/// <param name="Status"><c>started</c>, <c>in_flight</c> or <c>ok</c> (ended before).</param>
internal sealed record ChatSendResult(string RunId, string Status);

/// <summary>Parameters of <c>chat.abort</c>.</summary>
internal sealed record ChatAbortParams([property: MinLength(1)] string SessionKey)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("One run; without it all runs of the session."), MinLength(1)]
    public string? RunId { get; init; }
}

/// <summary>Result of <c>chat.abort</c>.</summary>
internal sealed record ChatAbortResult(bool Ok, bool Aborted, IReadOnlyList<string> RunIds);

/// <summary>Parameters of <c>chat.history</c>.</summary>
internal sealed record ChatHistoryParams([property: MinLength(1)] string SessionKey)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("The most messages; the newest are returned."), Range(1, 1000)]
    public int? Limit { get; init; }

    [Description("The longest text of one message, in characters."), Range(1, 500_000)]
    public int? MaxChars { get; init; }
}

/// <summary>Result of <c>chat.history</c>: the newest messages, oldest first.</summary>
internal sealed record ChatHistoryResult(string SessionKey, IReadOnlyList<TranscriptMessage> Messages)
{
    /// <summary>Absent while the session has never been used.</summary>
    public string? SessionId { get; init; }

    public bool HasMore { get; init; }

    public long TotalMessages { get; init; }

    public InFlightRun? InFlightRun { get; init; }

    public string ThinkingLevel { get; init; } = "off";

    public string VerboseLevel { get; init; } = "off";
}

/// <summary>A message of a transcript as clients see it.</summary>
internal sealed record TranscriptMessage(string Role, IReadOnlyList<TextBlock> Content, long Timestamp)
{
    public string? Id { get; init; }

    public string? RunId { get; init; }

    public string? StopReason { get; init; }

    public string? ErrorMessage { get; init; }

    public string? Provider { get; init; }

    public string? Model { get; init; }

    public TokenUsage? Usage { get; init; }
}

/// <summary>A block of text.</summary>
internal sealed record TextBlock(string Type, string Text);

/// <summary>A run that is under way while the history is read.</summary>
internal sealed record InFlightRun(string RunId, string Text);

/// <summary>Parameters of <c>agent.run</c>.</summary>
internal sealed record AgentRunParams([property: MinLength(1)] string Message)
{
    [Description("The agent; the default agent without it."), RegularExpression("^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$")]
    public string? AgentId { get; init; }

    [Description("The conversation; the agent's main session without it."), MinLength(1)]
    public string? SessionKey { get; init; }
}

/// <summary>Result of <c>agent.run</c>: the reply, when the run has ended.</summary>
/// <param name="StopReason"><c>stop</c>, or <c>aborted</c> when somebody stopped the run; the reply is then what there was of it.</param>
internal sealed record AgentRunResult(string SessionId, string Reply, string SessionKey, string RunId, string StopReason)
{
    public TokenUsage? Usage { get; init; }
}
