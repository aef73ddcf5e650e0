using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>How a conversation that fills the model's context is made shorter.</summary>
internal sealed record CompactionConfig
{
    [Description("Whether the older part of a conversation is summarized by the model before it is too long; else its oldest messages are left out.")]
    public bool Enabled { get; init; } = true;

    [Range(10, 85), Description("How much of the context a conversation may fill before it is summarized, in percent.")]
    public int AtPercent { get; init; } = 80;

    [Range(1, 100_000_000), Description("How many tokens of the newest messages stay as they are.")]
    public int KeepRecentTokens { get; init; } = 20_000;

    [Range(1, 3600), Description("How long the model may take for a summary, in seconds.")]
    public int TimeoutSeconds { get; init; } = 120;

    public MemoryFlushConfig MemoryFlush { get; init; } = new();
}

/// <summary>What an agent does before the older part of a conversation is summarized.</summary>
internal sealed record MemoryFlushConfig
{
    [Description("Whether the agent is asked before a summary, unseen by people, to note in its memory what should outlive it.")]
    public bool Enabled { get; init; } = true;
}
