using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions.Attachments;

namespace Chela.Gateway.Sessions;

/// <summary>Parameters of <c>sessions.create</c>: the part of OpenClaw's that means something here; the rest is refused by name.</summary>
internal sealed record SessionsCreateParams
{
    [Description("Its key, full or short; a new one without it."), StringLength(SessionKey.MaxLength, MinimumLength = 1)]
    public string? Key { get; init; }

    [Description("Names the first run, and the session where no key does: the same again makes neither a second time."), StringLength(256, MinimumLength = 1)]
    public string? IdempotencyKey { get; init; }

    [Description("The agent; the default agent without it."), MinLength(1)]
    public string? AgentId { get; init; }

    [Description("A name for the session; no other session of the agent may have it."), StringLength(SessionLabel.MaxLength, MinimumLength = 1)]
    public string? Label { get; init; }

    [Description("The model of the session; the agent's without it."), MinLength(1)]
    public string? Model { get; init; }

    [Description("How hard the model thinks: off, minimal, low, medium or high, as far as it can.")]
    public string? ThinkingLevel { get; init; }

    [Description("The first message.")]
    public string? Message { get; init; }

    [Description("The same in older words.")]
    public string? Task { get; init; }

    [Description("Files of the first message."), MaxLength(AttachmentParams.Most)]
    public IReadOnlyList<AttachmentParams>? Attachments { get; init; }

    [Description("How long the first run may take; 0 for as long as the gateway allows."), Range(0, int.MaxValue)]
    public int? TimeoutMs { get; init; }
}

/// <summary>Result of <c>sessions.create</c>.</summary>
internal sealed record SessionsCreateResult(bool Ok, string Key, string SessionId, SessionStored Entry)
{
    [Description("Whether the first message began a run now; absent without one.")]
    public bool? RunStarted { get; init; }

    public string? RunId { get; init; }
}

/// <summary>Parameters of <c>sessions.send</c>.</summary>
internal sealed record SessionsSendParams([property: MinLength(1)] string Key, [property: Description("The text.")] string Message)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("How hard the model thinks in this run: off, minimal, low, medium or high, as far as it can.")]
    public string? Thinking { get; init; }

    [Description("Files."), MaxLength(AttachmentParams.Most)]
    public IReadOnlyList<AttachmentParams>? Attachments { get; init; }

    [Description("How long the run may take; 0 for as long as the gateway allows, which is also the most."), Range(0, int.MaxValue)]
    public int? TimeoutMs { get; init; }

    [Description("Names the run; the same key again is answered, not run again."), StringLength(256, MinimumLength = 1)]
    public string? IdempotencyKey { get; init; }
}

/// <summary>Result of <c>sessions.send</c>: what <c>chat.send</c> says, and the session.</summary>
internal sealed record SessionsSendResult(string Key, string SessionId)
{
    public string? RunId { get; init; }

    public string? Status { get; init; }

    public bool? Ok { get; init; }

    public bool? Aborted { get; init; }

    public IReadOnlyList<string>? RunIds { get; init; }
}
