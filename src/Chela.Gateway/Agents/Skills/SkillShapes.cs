using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Skills;

/// <summary>Parameters of <c>skills.status</c>.</summary>
internal sealed record SkillsStatusParams
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [MinLength(1)]
    public string? SessionKey { get; init; }
}

/// <summary>Result of <c>skills.status</c>.</summary>
internal sealed record SkillsStatusResult(string WorkspaceDir, string ManagedSkillsDir, IReadOnlyList<SkillStatus> Skills);

/// <summary>A skill in the list. What has no meaning here is as it is of a skill that does without.</summary>
/// <param name="Eligible">True where agents are told of it.</param>
internal sealed record SkillStatus(
    string Name, string Description, string Source, bool Bundled, string FilePath, string BaseDir, string SkillKey, bool Eligible, SkillNeeds Requirements, SkillNeeds Missing)
{
    public string? Emoji { get; init; }

    public string? Homepage { get; init; }

    public bool Always { get; init; }

    public bool Disabled { get; init; }

    public bool BlockedByAllowlist { get; init; }

    public IReadOnlyList<string> ConfigChecks { get; init; } = [];

    public IReadOnlyList<string> Install { get; init; } = [];
}

/// <summary>Parameters of <c>skills.bins</c>: none.</summary>
internal sealed record SkillsBinsParams;

/// <summary>Result of <c>skills.bins</c>.</summary>
internal sealed record SkillsBinsResult(IReadOnlyList<string> Bins);

/// <summary>Parameters of <c>skills.update</c>; those without <c>skillKey</c> are of OpenClaw's hub.</summary>
internal sealed record SkillsUpdateParams
{
    [MinLength(1), MaxLength(64)]
    public string? SkillKey { get; init; }

    [Description("Whether agents are told of it.")]
    public bool? Enabled { get; init; }

    [Description("Refused: programs that agents run get no variables of the gateway.")]
    public string? ApiKey { get; init; }

    [MaxLength(100), Description("The same.")]
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    [Description("Refused: there is no hub.")]
    public string? Source { get; init; }

    [Description("Of the hub.")]
    public string? Slug { get; init; }

    [Description("Of the hub.")]
    public string? AgentId { get; init; }

    [Description("Of the hub.")]
    public bool? All { get; init; }

    [Description("Of the hub.")]
    public bool? Force { get; init; }

    /// <summary>Never shows a secret: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(SkillsUpdateParams)} {{ {nameof(SkillKey)} = {SkillKey} }}";
}

/// <summary>Result of <c>skills.update</c>.</summary>
/// <param name="Config">What is set for the skill.</param>
internal sealed record SkillsUpdateResult(bool Ok, string SkillKey, SkillSettings Config);

/// <summary>What is set for a skill.</summary>
internal sealed record SkillSettings(bool Enabled);

/// <summary>Parameters of <c>skills.skillCard</c>.</summary>
internal sealed record SkillsSkillCardParams([property: MinLength(1), MaxLength(64)] string SkillKey)
{
    [MinLength(1)]
    public string? AgentId { get; init; }
}

/// <summary>The text of a skill.</summary>
/// <param name="Path">Its file.</param>
internal sealed record SkillsSkillCardResult(string Schema, string SkillKey, string Path, long SizeBytes, string Content);

/// <summary>JSON types of these methods.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SkillsStatusParams))]
[JsonSerializable(typeof(SkillsStatusResult))]
[JsonSerializable(typeof(SkillsUpdateParams))]
[JsonSerializable(typeof(SkillsUpdateResult))]
[JsonSerializable(typeof(SkillsSkillCardParams))]
[JsonSerializable(typeof(SkillsSkillCardResult))]
[JsonSerializable(typeof(SkillsBinsParams))]
[JsonSerializable(typeof(SkillsBinsResult))]
internal sealed partial class SkillsJson : JsonSerializerContext;
