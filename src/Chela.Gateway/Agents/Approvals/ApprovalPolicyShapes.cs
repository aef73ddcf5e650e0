using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Approvals;

/// <summary>Parameters of <c>exec.approvals.get</c>: none.</summary>
internal sealed record PolicyGetParams;

/// <summary>Parameters of <c>exec.approvals.set</c>.</summary>
/// <param name="File">All that is to be allowed for good.</param>
internal sealed record PolicySetParams(PolicyDocument File)
{
    [MinLength(1), Description("The hash that exec.approvals.get told; needed once there is a file.")]
    public string? BaseHash { get; init; }
}

/// <summary>Result of both.</summary>
/// <param name="Path">Where it is kept.</param>
/// <param name="Hash">Another one for another content.</param>
internal sealed record PolicySnapshot(string Path, bool Exists, string Hash, PolicyDocument File, PolicyRules ResolvedDefaults);

/// <summary>What agents may do without being asked about.</summary>
internal sealed record PolicyDocument([property: AllowedValues(1)] int Version)
{
    [Description("Taken for OpenClaw's sake and not used: there is no such socket.")]
    public JsonElement? Socket { get; init; }

    [Description("Can only say what resolvedDefaults says: what has to be asked is set by tools in the configuration.")]
    public PolicyRules? Defaults { get; init; }

    [MaxLength(1_000), Description("By the id of the agent.")]
    public IReadOnlyDictionary<string, PolicyOfAgent>? Agents { get; init; }
}

/// <summary>How commands are decided on, in OpenClaw's words.</summary>
internal record PolicyRules
{
    /// <summary>What holds here: what is to be asked is asked unless it is listed, and nobody's answer is a no.</summary>
    public static PolicyRules InForce { get; } = new() { Security = "allowlist", Ask = "on-miss", AskFallback = "deny", AutoAllowSkills = false };

    public string? Security { get; init; }

    public string? Ask { get; init; }

    public string? AskFallback { get; init; }

    public bool? AutoAllowSkills { get; init; }

    /// <summary>True where nothing else is said than what holds.</summary>
    [JsonIgnore]
    public bool IsInForce => (Security ?? InForce.Security) == InForce.Security
        && (Ask ?? InForce.Ask) == InForce.Ask
        && (AskFallback ?? InForce.AskFallback) == InForce.AskFallback
        && (AutoAllowSkills ?? InForce.AutoAllowSkills) == InForce.AutoAllowSkills;
}

/// <summary>What one agent may do.</summary>
internal sealed record PolicyOfAgent : PolicyRules
{
    [MaxLength(ApprovalGrants.MostGrants)]
    public IReadOnlyList<PolicyEntry>? Allowlist { get; init; }

    [MaxLength(0), Description("Always empty: tools of other servers stand in allowlist.")]
    public IReadOnlyList<JsonElement>? McpTools { get; init; }
}

/// <summary>Something that is allowed for good.</summary>
/// <param name="Pattern">The name of a tool; of a risky one with its arguments, as in <c>exec {"command":["ls"]}</c>.</param>
internal sealed record PolicyEntry([property: MinLength(1)] string Pattern)
{
    [Description("Told, and not used.")]
    public string? Id { get; init; }

    [AllowedValues("allow-always")]
    public string? Source { get; init; }

    [Description("The pattern as people are shown it; told, and not used.")]
    public string? CommandText { get; init; }

    [MaxLength(0), Description("Arguments stand in the pattern.")]
    public string? ArgPattern { get; init; }

    [Description("Taken, and not used.")]
    public double? LastUsedAt { get; init; }

    [Description("Taken, and not used.")]
    public string? LastUsedCommand { get; init; }

    [Description("Taken, and not used.")]
    public string? LastResolvedPath { get; init; }
}

/// <summary>JSON types of these methods.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PolicyGetParams))]
[JsonSerializable(typeof(PolicySetParams))]
[JsonSerializable(typeof(PolicySnapshot))]
internal sealed partial class PolicyJson : JsonSerializerContext;
