using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions.Attachments;

namespace Chela.Gateway.Sessions;

/// <summary>
/// Parameters of <c>agent</c>: the part of OpenClaw's that means something here; the rest is refused by name. Where a reply is
/// delivered to (<c>channel</c>, <c>to</c> and their like) is accepted, and means nothing as long as <c>deliver</c> is not true.
/// </summary>
internal sealed record AgentParams(
    [property: Description("The text."), MinLength(1)] string Message,
    [property: Description("Names the run; the same key again is answered, not run again."), StringLength(256, MinimumLength = 1)]
    string IdempotencyKey)
{
    [Description("The agent; the default agent without it."), MinLength(1)]
    public string? AgentId { get; init; }

    [Description("The conversation; the agent's main session without it."), StringLength(Contracts.Sessions.SessionKey.MaxLength, MinimumLength = 1)]
    public string? SessionKey { get; init; }

    [Description("The conversation by its id, in place of its key. An id of the caller's own making begins a conversation, and names it from then on."), MinLength(1)]
    public string? SessionId { get; init; }

    [Description("Refused when the session has another id by now."), MinLength(1)]
    public string? ExpectedExistingSessionId { get; init; }

    [Description("The model of this run alone; needs operator.admin."), MinLength(1)]
    public string? Model { get; init; }

    [Description("How hard the model thinks in this run: off, minimal, low, medium or high, as far as it can.")]
    public string? Thinking { get; init; }

    [Description("Instructions for this run alone, after those of the agent.")]
    public string? ExtraSystemPrompt { get; init; }

    [Description("Accepted: a session has one lane.")]
    public string? Lane { get; init; }

    [Description("Seconds that the run may take; 0 for as long as the gateway allows, which is also the most."), Range(0, int.MaxValue)]
    public int? Timeout { get; init; }

    [Description("A name for the session."), StringLength(512, MinimumLength = 1)]
    public string? Label { get; init; }

    [Description("Only false: there is no channel to deliver to.")]
    public bool? Deliver { get; init; }

    [Description("Accepted: nothing is delivered.")]
    public bool? BestEffortDeliver { get; init; }

    public string? Channel { get; init; }

    public string? To { get; init; }

    public string? ReplyTo { get; init; }

    public string? ReplyChannel { get; init; }

    public string? AccountId { get; init; }

    public string? ReplyAccountId { get; init; }

    public string? ThreadId { get; init; }

    [Description("Files."), MaxLength(AttachmentParams.Most)]
    public IReadOnlyList<AttachmentParams>? Attachments { get; init; }
}

/// <summary>
/// An answer to <c>agent</c> (03-methods § 5.4). The first says <c>accepted</c>, the last how the run ended.
/// </summary>
/// <param name="Status"><c>accepted</c>, <c>in_flight</c>, <c>ok</c>, <c>timeout</c> (stopped before its end) or <c>error</c>.</param>
internal sealed record AgentAnswer(string RunId, string Status)
{
    public string? SessionKey { get; init; }

    public string? AgentId { get; init; }

    public long? AcceptedAt { get; init; }

    [Description("completed or aborted; what went wrong when it failed.")]
    public string? Summary { get; init; }

    public AgentReply? Result { get; init; }
}

/// <summary>What an agent answered.</summary>
internal sealed record AgentReply(IReadOnlyList<AgentPayload> Payloads, AgentReplyMeta Meta);

/// <summary>A piece of an answer.</summary>
internal sealed record AgentPayload(string Text);

/// <summary>How a run went.</summary>
internal sealed record AgentReplyMeta(long DurationMs, AgentRunMeta AgentMeta)
{
    public bool? Aborted { get; init; }
}

/// <summary>What a run used.</summary>
internal sealed record AgentRunMeta(string SessionId)
{
    public string? Provider { get; init; }

    public string? Model { get; init; }

    public AgentUsage? Usage { get; init; }
}

/// <summary>Tokens of a run, in the members of OpenClaw's agent results.</summary>
internal sealed record AgentUsage(long Input, long Output, long Total)
{
    public static AgentUsage? Of(TokenUsage? usage) => usage is null ? null : new(usage.Input, usage.Output, usage.TotalTokens);
}

/// <summary>Parameters of <c>agent.wait</c>.</summary>
internal sealed record AgentWaitParams([property: StringLength(256, MinimumLength = 1)] string RunId)
{
    [Description("How long to wait; 30 s without it."), Range(0, int.MaxValue)]
    public int? TimeoutMs { get; init; }
}

/// <summary>Result of <c>agent.wait</c>.</summary>
/// <param name="Status"><c>ok</c>, <c>error</c>, or <c>timeout</c>: the wait ran out, or, with <c>endedAt</c>, the run was stopped.</param>
internal sealed record AgentWaitResult(string RunId, string Status)
{
    public long? StartedAt { get; init; }

    public long? EndedAt { get; init; }

    public string? Error { get; init; }

    public string? StopReason { get; init; }
}
