using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>
/// Which tools may be used. Names, groups with <c>.*</c>, and <c>*</c>. Of several rules the most restrictive wins: denied, then asked for, then allowed.
/// </summary>
internal sealed record ToolsConfig
{
    [MaxLength(200), Description("The only tools that may be used; unset allows all but those of high risk, which must be named.")]
    public IReadOnlyList<string>? Allow { get; init; }

    [MaxLength(200), Description("Tools of which each use must be approved.")]
    public IReadOnlyList<string>? Ask { get; init; }

    [MaxLength(200), Description("Tools that may not be used.")]
    public IReadOnlyList<string>? Deny { get; init; }

    [MaxLength(100), Description("The same for what comes from one channel, on top of it.")]
    public IReadOnlyDictionary<string, ToolPolicyConfig>? ByChannel { get; init; }

    /// <summary>The rules that hold everywhere.</summary>
    public ToolPolicyConfig Everywhere() => new() { Allow = Allow, Ask = Ask, Deny = Deny };
}

/// <summary>The same for one agent or channel, on top of what holds everywhere.</summary>
internal sealed record ToolPolicyConfig
{
    [MaxLength(200), Description("The only tools that may be used; unset takes none away.")]
    public IReadOnlyList<string>? Allow { get; init; }

    [MaxLength(200), Description("Tools of which each use must be approved.")]
    public IReadOnlyList<string>? Ask { get; init; }

    [MaxLength(200), Description("Tools that may not be used.")]
    public IReadOnlyList<string>? Deny { get; init; }
}
