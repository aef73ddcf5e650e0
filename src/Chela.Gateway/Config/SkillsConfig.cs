using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>What agents can read how to do.</summary>
internal sealed record SkillsConfig
{
    [MaxLength(500), Description("Settings of single skills, by their names.")]
    public IReadOnlyDictionary<string, SkillEntryConfig> Entries { get; init; } = new Dictionary<string, SkillEntryConfig>();

    /// <summary>True for a skill that no agent is told of.</summary>
    public bool IsDisabled(string name) => Entries.GetValueOrDefault(name) is { Enabled: false };
}

/// <summary>One skill.</summary>
internal sealed record SkillEntryConfig
{
    [Description("False keeps it from agents.")]
    public bool? Enabled { get; init; }
}
