using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>Sub-agents, which agents have do parts of their tasks.</summary>
internal sealed record SubagentsConfig
{
    [Range(1, 1_000), Description("How many runs of sub-agents may be under way at once, besides those of other sessions.")]
    public int MaxConcurrent { get; init; } = 8;

    [Range(1, 5), Description("How deep sub-agents may spawn others; 1 means that sub-agents spawn none.")]
    public int MaxSpawnDepth { get; init; } = 5;

    [Range(1, 20), Description("How many sub-agents of one session may wait or run at once.")]
    public int MaxChildrenPerAgent { get; init; } = 5;

    [MinLength(1), MaxLength(256), Description("The model that answers in sub-agents; unset means that of the agent.")]
    public string? Model { get; init; }

    [MaxLength(200), Description("The agents, besides itself, that an agent may spawn as sub-agents; * is all of them.")]
    public IReadOnlyList<string> AllowAgents { get; init; } = [];
}

/// <summary>What an agent says of sub-agents itself.</summary>
internal sealed record AgentSubagentsConfig
{
    /// <summary>Stands for every agent.</summary>
    public const string Any = "*";

    [MinLength(1), MaxLength(256), Description("The model that answers where it works as a sub-agent.")]
    public string? Model { get; init; }

    [MaxLength(200), Description("The agents, besides itself, that it may spawn as sub-agents; * is all of them.")]
    public IReadOnlyList<string>? AllowAgents { get; init; }
}
