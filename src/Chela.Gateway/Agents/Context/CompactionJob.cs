using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Context;

/// <summary>A conversation that is to be made shorter, and by whom.</summary>
/// <param name="Session">The session.</param>
/// <param name="RunId">The run that needs it, or that does nothing else.</param>
/// <param name="Transcript">Where the summary is written down.</param>
/// <param name="Models">The models to ask, the preferred one first.</param>
/// <param name="Agent">The agent as it is in force.</param>
internal sealed record CompactionJob(SessionKey Session, string RunId, Transcript Transcript, IReadOnlyList<ModelRef> Models, AgentInForce Agent)
{
    /// <summary>True when a person asks for it: then no more stays as it is than the last question and what came after it.</summary>
    public bool IsAsked { get; init; }

    /// <summary>What a person wants of the summary.</summary>
    public string? Wishes { get; init; }

    /// <summary>Tells the clients of the run; null where there is none that clients follow.</summary>
    public RunNarrator? Narrator { get; init; }

    /// <summary>Told what it takes.</summary>
    public required RunSpending Spent { get; init; }

    /// <summary>The channel that the message came from for which it is made shorter; null for clients.</summary>
    public string? Channel { get; init; }

    /// <summary>How long the summary may be, in tokens.</summary>
    public int SummaryTokens => Math.Clamp(Agent.ContextTokens / 10, 200, 4000);

    /// <summary>How many tokens the model may be shown for it.</summary>
    public long RequestTokens => Prompt.RoomIn(Agent.ContextTokens) - SummaryTokens;

    /// <summary>How many tokens of the newest messages stay as they are: enough is left out that the next summary is not soon.</summary>
    public long KeptTokens => IsAsked ? 0 : Math.Min(Agent.Compaction.KeepRecentTokens, (long)Agent.ContextTokens * Agent.Compaction.AtPercent / 200);
}

/// <summary>What became of a conversation that was to be made shorter.</summary>
/// <param name="Conversation">What models read from now on.</param>
/// <param name="Entry">The line with the summary; null when there is none.</param>
/// <param name="Problem">Why there is none, in one sentence.</param>
internal sealed record CompactionOutcome(Conversation Conversation, TranscriptEntry? Entry, string? Problem);
