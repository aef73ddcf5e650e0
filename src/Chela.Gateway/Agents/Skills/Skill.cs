using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Skills;

/// <summary>Something that an agent can read how to do: a folder with a <c>SKILL.md</c> in its workspace.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Description">What it is for, and when; one line.</param>
/// <param name="Folder">The folder's name below <c>skills</c>.</param>
/// <param name="Needs">What it does not work without.</param>
internal sealed record Skill(string Name, string Description, string Folder, SkillNeeds Needs)
{
    public string? Emoji { get; init; }

    public string? Homepage { get; init; }

    /// <summary>Why it cannot be used, in one sentence; null where it can.</summary>
    public string? Problem { get; init; }

    /// <summary>Its file, as the agent names it.</summary>
    public string Path => $"{SkillFolder.Name}/{Folder}/{SkillFolder.FileName}";
}

/// <summary>What a skill does not work without.</summary>
/// <param name="Bins">Programs, all of them.</param>
/// <param name="AnyBins">Programs of which one is enough.</param>
/// <param name="Env">Variables.</param>
/// <param name="Config">Settings.</param>
/// <param name="Os">Systems of which one has to be this one.</param>
internal sealed record SkillNeeds(
    IReadOnlyList<string> Bins, IReadOnlyList<string> AnyBins, IReadOnlyList<string> Env, IReadOnlyList<string> Config, IReadOnlyList<string> Os)
{
    /// <summary>True where nothing is needed.</summary>
    [JsonIgnore]
    public bool IsNothing => Bins.Count + AnyBins.Count + Env.Count + Config.Count + Os.Count == 0;

    /// <summary>
    /// What of it is not here. Programs that agents run get no variables of the gateway and none of its settings, so these are always missing.
    /// </summary>
    /// <param name="hasProgram">Whether the system has a program of this name.</param>
    /// <param name="os">What this system is called.</param>
    public SkillNeeds Missing(Func<string, bool> hasProgram, string os) => this with
    {
        Bins = [.. Bins.Where(name => !hasProgram(name))],
        AnyBins = AnyBins.Any(hasProgram) ? [] : AnyBins,
        Os = Os.Contains(os, StringComparer.Ordinal) ? [] : Os,
    };
}
