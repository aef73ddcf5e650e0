using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Config;

/// <summary>Every setting of a gateway, with every default in place. The keys of the file are the names in camel case.</summary>
internal sealed record ChelaConfig
{
    [JsonPropertyName("$schema"), Description("Where an editor finds the schema of this file. The gateway ignores it.")]
    public string? Schema { get; init; }

    public MetaConfig Meta { get; init; } = new();

    public GatewayConfig Gateway { get; init; } = new();

    public AgentsConfig Agents { get; init; } = new();

    [MaxLength(1_000), Description("Which agent answers what channels bring; without one that fits, the default agent does.")]
    public IReadOnlyList<BindingConfig> Bindings { get; init; } = [];

    public ModelsConfig Models { get; init; } = new();

    public MemoryConfig Memory { get; init; } = new();

    public SkillsConfig Skills { get; init; } = new();

    public ToolsConfig Tools { get; init; } = new();

    public McpConfig Mcp { get; init; } = new();

    public SessionConfig Session { get; init; } = new();

    public AttachmentsConfig Attachments { get; init; } = new();

    public MessagesConfig Messages { get; init; } = new();

    public CommandsConfig Commands { get; init; } = new();

    public ChannelsConfig Channels { get; init; } = new();

    public DiagnosticsConfig Diagnostics { get; init; } = new();

    public LoggingConfig Logging { get; init; } = new();
}

/// <summary>What holds for every agent that says nothing else.</summary>
internal sealed record AgentDefaultsConfig
{
    public const string Tell = "tell";
    public const string Continue = "continue";

    [MinLength(1), MaxLength(256), Description("The model that answers: provider/model, an alias, or a model of the first provider.")]
    public string? Model { get; init; }

    [MaxLength(20), Description("The models that are asked when that one fails, in this order.")]
    public IReadOnlyList<string> ModelFallbacks { get; init; } = [];

    [AllowedValues(
        ThinkingLevels.Off, ThinkingLevels.Minimal, ThinkingLevels.Low, ThinkingLevels.Medium, ThinkingLevels.High,
        ThinkingLevels.ExtraHigh, ThinkingLevels.Adaptive, ThinkingLevels.Max, ThinkingLevels.Ultra)]
    [Description("How hard the model thinks, where the session says nothing and as far as the model can.")]
    public string ThinkingDefault { get; init; } = ThinkingLevels.Off;

    [Range(1, 10_000), Description("How many runs may be under way at once; unset means four for each processor, at least eight.")]
    public int? MaxConcurrent { get; init; }

    [Range(1, 86_400), Description("How long one run may take, in seconds.")]
    public int TimeoutSeconds { get; init; } = 600;

    [Range(1000, 100_000_000), Description("How many tokens fit into the model's context; what is older is summarized, or left out of the conversation that it reads.")]
    public int ContextTokens { get; init; } = 200_000;

    public CompactionConfig Compaction { get; init; } = new();

    [Range(1, 100), Description("The longest file that comes with a message, in MiB; a frame has to hold it (gateway.limits.maxPayload).")]
    public int MediaMaxMb { get; init; } = 20;

    [Description("What every agent is told before the conversation.")]
    public string? Instructions { get; init; }

    [Range(1, 1_000_000), Description("How many characters of each file of its workspace an agent is told.")]
    public int BootstrapMaxChars { get; init; } = 20_000;

    [Range(1, 10_000_000), Description("How many characters of them an agent is told together; never more than about a quarter of its context.")]
    public int BootstrapTotalMaxChars { get; init; } = 60_000;

    [AllowedValues(AgentModes.Fast, AgentModes.Single, AgentModes.Multi, AgentModes.Auto), Description("How agents work: fast is one call of the model without tools, single as many with tools as the answer needs, multi a plan that agents carry out, auto one of the latter two.")]
    public string Mode { get; init; } = AgentModes.Single;

    [Range(1, 1_000), Description("How often one run may ask the model.")]
    public int MaxSteps { get; init; } = AgentModes.UsualMaxSteps;

    public BudgetConfig Budget { get; init; } = new();

    public ResponseCacheConfig ResponseCache { get; init; } = new();

    public SubagentsConfig Subagents { get; init; } = new();

    [AllowedValues(Tell, Continue)]
    [Description("What becomes of runs that the end of the gateway cut off: their senders are told, or the next start begins them again.")]
    public string Interrupted { get; init; } = Tell;

    /// <summary>The number of runs in force on a machine with so many processors.</summary>
    public int ConcurrentRuns(int processors) => MaxConcurrent ?? Math.Max(8, 4 * processors);
}
