using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions.Attachments;

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

    [Description("Files."), MaxLength(AttachmentParams.Most)]
    public IReadOnlyList<AttachmentParams>? Attachments { get; init; }

    [Description("How hard the model thinks in this run: off, minimal, low, medium or high, as far as it can.")]
    public string? Thinking { get; init; }

    [Description("Accepted: there is no channel, so nothing is delivered.")]
    public bool? Deliver { get; init; }

    [Description("How long the run may take; 0 for as long as the gateway allows, which is also the most."), Range(0, int.MaxValue)]
    public int? TimeoutMs { get; init; }

    [Description("What becomes of the message while the session is busy; without it as the session or the configuration has it.")]
    [AllowedValues("steer", "followup", "collect", "interrupt")]
    public string? QueueMode { get; init; }

    [Description("True sends the text to the agent even when it is a command.")]
    public bool? SuppressCommandInterpretation { get; init; }
}

/// <summary>Acknowledgement of <c>chat.send</c>: <c>{runId, status}</c>, or <c>{ok, aborted, runIds}</c> when the message stopped runs.</summary>
internal sealed record ChatSendResult
{
    [Description("The idempotency key.")]
    public string? RunId { get; init; }

    [Description("started, in_flight or ok (ended before, or a command that was carried out).")]
    public string? Status { get; init; }

    [Description("Which runs an interrupting message stopped.")]
    public bool? InterruptedActiveRun { get; init; }

    public bool? Ok { get; init; }

    public bool? Aborted { get; init; }

    public IReadOnlyList<string>? RunIds { get; init; }
}

/// <summary>Parameters of <c>chat.abort</c>.</summary>
internal sealed record ChatAbortParams([property: MinLength(1)] string SessionKey)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("One run; without it all runs of the session."), MinLength(1)]
    public string? RunId { get; init; }

    [Description("Accepted: no run has others at its side.")]
    public bool? PreserveSideRuns { get; init; }
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

    [Description("How many of the newest to leave out."), Range(0, int.MaxValue)]
    public int? Offset { get; init; }

    [Description("The longest text of one message, in characters."), Range(1, 500_000)]
    public int? MaxChars { get; init; }

    [Description("The most bytes of all messages together; never more than 6 MiB."), Range(1024, int.MaxValue)]
    public int? MaxBytes { get; init; }

    [Description("Refused when the session has another id by now."), MinLength(1)]
    public string? SessionId { get; init; }
}

/// <summary>Result of <c>chat.history</c>: the newest messages, oldest first.</summary>
internal sealed record ChatHistoryResult(string SessionKey, IReadOnlyList<TranscriptMessage> Messages)
{
    /// <summary>Absent while the session has never been used.</summary>
    public string? SessionId { get; init; }

    public int? Offset { get; init; }

    public int? NextOffset { get; init; }

    public bool HasMore { get; init; }

    public long TotalMessages { get; init; }

    public InFlightRun? InFlightRun { get; init; }

    public string ThinkingLevel { get; init; } = "off";

    public string VerboseLevel { get; init; } = "off";
}

/// <summary>A message of a transcript as clients see it.</summary>
internal sealed record TranscriptMessage(string Role, IReadOnlyList<ContentBlock> Content, long Timestamp)
{
    public string? Id { get; init; }

    public string? RunId { get; init; }

    public string? StopReason { get; init; }

    public string? ErrorMessage { get; init; }

    public string? Provider { get; init; }

    public string? Model { get; init; }

    public TokenUsage? Usage { get; init; }

    [JsonPropertyName("__openclaw"), Description("What the message is where nobody said it: a summary of what is older, for models.")]
    public MessageKind? Kind { get; init; }
}

/// <summary>What a message is that nobody said.</summary>
internal sealed record MessageKind(string Kind, string Id);

/// <summary>A block of a message: <c>text</c>, <c>toolCall</c>, <c>toolResult</c>, <c>image</c> or <c>file</c>.</summary>
internal sealed record ContentBlock(string Type, string? Text)
{
    /// <summary>Of a call.</summary>
    public string? Id { get; init; }

    public string? Name { get; init; }

    public JsonElement? Arguments { get; init; }

    /// <summary>Of a result: the call.</summary>
    public string? ToolCallId { get; init; }

    public bool? IsError { get; init; }

    /// <summary>Of a file.</summary>
    public string? MimeType { get; init; }

    public string? FileName { get; init; }

    public long? Bytes { get; init; }

    /// <summary>Names the file for <c>artifacts.download</c>.</summary>
    public string? ArtifactId { get; init; }

    /// <summary>True where the content is left out, as it is of every file.</summary>
    public bool? Omitted { get; init; }
}

/// <summary>A run that is under way while the history is read.</summary>
internal sealed record InFlightRun(string RunId, string Text);

/// <summary>Parameters of <c>agent.run</c>.</summary>
internal sealed record AgentRunParams([property: MinLength(1)] string Message)
{
    [Description("The agent; the default agent without it."), RegularExpression("^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$")]
    public string? AgentId { get; init; }

    [Description("The conversation; the agent's main session without it."), MinLength(1)]
    public string? SessionKey { get; init; }

    [Description("A name of this message, new for each: sent again with the same, it is answered as before and not run again."), StringLength(256, MinimumLength = 1)]
    public string? IdempotencyKey { get; init; }

    [Description("Files."), MaxLength(AttachmentParams.Most)]
    public IReadOnlyList<AttachmentParams>? Attachments { get; init; }
}

/// <summary>Result of <c>agent.run</c>: the reply, when the run has ended.</summary>
/// <param name="StopReason"><c>stop</c>, or <c>aborted</c> when somebody stopped the run; the reply is then what there was of it.</param>
internal sealed record AgentRunResult(string SessionId, string Reply, string SessionKey, string RunId, string StopReason)
{
    public TokenUsage? Usage { get; init; }
}
