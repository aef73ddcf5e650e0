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

/// <summary>JSON types of these methods.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SkillsStatusParams))]
[JsonSerializable(typeof(SkillsStatusResult))]
[JsonSerializable(typeof(SkillsBinsParams))]
[JsonSerializable(typeof(SkillsBinsResult))]
internal sealed partial class SkillsJson : JsonSerializerContext;
