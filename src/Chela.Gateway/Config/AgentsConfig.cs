using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Config;

/// <summary>How agents run.</summary>
internal sealed record AgentsConfig
{
    public AgentDefaultsConfig Defaults { get; init; } = new();

    [MaxLength(200), Description("The agents; without any there is one, main.")]
    public IReadOnlyList<AgentConfig> List { get; init; } = [];

    /// <summary>The ids of the agents that there are.</summary>
    [JsonIgnore]
    public IEnumerable<string> Ids => List.Count == 0 ? [SessionKey.DefaultAgent] : List.Select(agent => agent.Id);

    /// <summary>The agent of whoever names none: the one that is marked, else the first.</summary>
    [JsonIgnore]
    public string DefaultId => List.FirstOrDefault(agent => agent.Default)?.Id ?? Ids.First();

    /// <summary>How an agent is found where none is named, in OpenClaw's words.</summary>
    [JsonIgnore]
    public string Ownership => List.Count > 1 ? "legacy" : "sole";

    /// <summary>True for an agent that there is.</summary>
    public bool Has(string agentId) => Ids.Contains(agentId, StringComparer.Ordinal);

    /// <summary>True where an agent may have another one do a part of its task: itself always.</summary>
    public bool MaySpawn(string agentId, string other)
    {
        var allowed = List.FirstOrDefault(agent => agent.Id == agentId)?.Subagents?.AllowAgents ?? Defaults.Subagents.AllowAgents;
        return agentId == other || allowed.Contains(AgentSubagentsConfig.Any, StringComparer.Ordinal) || allowed.Contains(other, StringComparer.Ordinal);
    }

    /// <summary>The model by which an agent works as a sub-agent; null where that is its usual one.</summary>
    public string? SubagentModelOf(string agentId) => List.FirstOrDefault(agent => agent.Id == agentId)?.Subagents?.Model ?? Defaults.Subagents.Model;

    /// <summary>What is in force for an agent; for one that is gone, what holds for all.</summary>
    public AgentInForce Of(string agentId)
    {
        var own = List.FirstOrDefault(agent => agent.Id == agentId);
        return new AgentInForce(agentId)
        {
            Name = own?.Name,
            Model = own?.Model ?? Defaults.Model,
            ModelFallbacks = own?.ModelFallbacks ?? (own?.Model is null ? Defaults.ModelFallbacks : []),
            Thinking = own?.ThinkingDefault ?? Defaults.ThinkingDefault,
            Instructions = own?.Instructions ?? Defaults.Instructions,
            ContextTokens = own?.ContextTokens ?? Defaults.ContextTokens,
            Compaction = Defaults.Compaction,
            TimeoutSeconds = own?.TimeoutSeconds ?? Defaults.TimeoutSeconds,
            Mode = own?.Mode ?? Defaults.Mode,
            MaxSteps = own?.MaxSteps ?? Defaults.MaxSteps,
            Budget = own?.Budget?.Or(Defaults.Budget) ?? Defaults.Budget,
            ResponseCache = own?.ResponseCache ?? Defaults.ResponseCache,
            Workspace = own?.Workspace,
            Identity = own?.Identity,
            Tools = own?.Tools,
        };
    }
}

/// <summary>One agent. What it does not say is as in the defaults.</summary>
internal sealed record AgentConfig
{
    public const string IdPattern = "^[a-z0-9][a-z0-9_-]{0,63}\\z";

    [Description("What session keys and bindings call it.")]
    public required string Id { get; init; }

    [Description("Whether it answers where no other is named; without any such mark the first does.")]
    public bool Default { get; init; }

    [MinLength(1), MaxLength(100), Description("What people call it.")]
    public string? Name { get; init; }

    [MinLength(1), MaxLength(256), Description("The model that answers.")]
    public string? Model { get; init; }

    [MaxLength(20), Description("The models that are asked when that one fails; an agent with a model of its own has none unless it says so.")]
    public IReadOnlyList<string>? ModelFallbacks { get; init; }

    [AllowedValues(
        ThinkingLevels.Off, ThinkingLevels.Minimal, ThinkingLevels.Low, ThinkingLevels.Medium, ThinkingLevels.High,
        ThinkingLevels.ExtraHigh, ThinkingLevels.Adaptive, ThinkingLevels.Max, ThinkingLevels.Ultra)]
    [Description("How hard its model thinks, where the session says nothing and as far as the model can.")]
    public string? ThinkingDefault { get; init; }

    [Description("What it is told before the conversation.")]
    public string? Instructions { get; init; }

    [Range(1000, 100_000_000), Description("How many tokens fit into its model's context.")]
    public int? ContextTokens { get; init; }

    [Range(1, 86_400), Description("How long one of its runs may take, in seconds.")]
    public int? TimeoutSeconds { get; init; }

    [AllowedValues(AgentModes.Fast, AgentModes.Single, AgentModes.Multi, AgentModes.Auto), Description("How it works.")]
    public string? Mode { get; init; }

    [Range(1, 1_000), Description("How often one of its runs may ask the model.")]
    public int? MaxSteps { get; init; }

    [Description("How much it may take from its models; what it does not say is as in the defaults.")]
    public BudgetConfig? Budget { get; init; }

    [Description("Whether it tells an answer again where its model would be asked the very same.")]
    public ResponseCacheConfig? ResponseCache { get; init; }

    [MinLength(1), MaxLength(4096), Description("Its folder, an absolute path; unset means one in the state directory.")]
    public string? Workspace { get; init; }

    [Description("How it is shown to people, besides its name.")]
    public AgentIdentityConfig? Identity { get; init; }

    [Description("Which tools it may use, on top of what holds everywhere.")]
    public ToolPolicyConfig? Tools { get; init; }

    [Description("What it may have sub-agents do; what it does not say is as in the defaults.")]
    public AgentSubagentsConfig? Subagents { get; init; }
}

/// <summary>How an agent is shown to people.</summary>
internal sealed record AgentIdentityConfig
{
    [MinLength(1), MaxLength(32), Description("A sign.")]
    public string? Emoji { get; init; }

    [MinLength(1), MaxLength(4096), Description("A picture, by its address, or a few letters.")]
    public string? Avatar { get; init; }
}

/// <summary>An agent as it is in force: what it says itself, else what the defaults say.</summary>
internal sealed record AgentInForce(string Id)
{
    public string? Name { get; init; }

    public string? Model { get; init; }

    public IReadOnlyList<string> ModelFallbacks { get; init; } = [];

    public string Thinking { get; init; } = ThinkingLevels.Off;

    public string? Instructions { get; init; }

    public required int ContextTokens { get; init; }

    public CompactionConfig Compaction { get; init; } = new();

    public required int TimeoutSeconds { get; init; }

    public string Mode { get; init; } = AgentModes.Single;

    public int MaxSteps { get; init; } = AgentModes.UsualMaxSteps;

    public BudgetConfig Budget { get; init; } = new();

    public ResponseCacheConfig ResponseCache { get; init; } = new();

    public string? Workspace { get; init; }

    public AgentIdentityConfig? Identity { get; init; }

    public ToolPolicyConfig? Tools { get; init; }
}

/// <summary>How an agent works.</summary>
internal static class AgentModes
{
    /// <summary>One call of the model, without tools.</summary>
    public const string Fast = "fast";

    /// <summary>The model calls tools until it has its answer.</summary>
    public const string Single = "single";

    /// <summary>The model makes a plan, agents carry out its steps, and it answers from their results.</summary>
    public const string Multi = "multi";

    /// <summary>As single or multi, by the look of the message.</summary>
    public const string Auto = "auto";

    /// <summary>How often a run may ask the model where nothing else is said.</summary>
    public const int UsualMaxSteps = 25;
}
