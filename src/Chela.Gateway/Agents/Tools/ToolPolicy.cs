using Chela.Contracts.Tools;
using Chela.Gateway.Config;

namespace Chela.Gateway.Agents.Tools;

/// <summary>Whether a tool may be used; what is further down is more restrictive, and wins.</summary>
internal enum ToolPermission
{
    Allow,
    Ask,
    Deny,
}

/// <summary>Decides which tools an agent may use for what comes from a channel: what holds everywhere, for the agent, for the channel.</summary>
internal static class ToolPolicy
{
    private const string All = "*";

    /// <summary>The permission under the configuration of now.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="agentId">The agent.</param>
    /// <param name="channel">The channel that the message came from; null for clients.</param>
    public static ToolPermission Of(ToolDescription tool, ChelaConfig config, string agentId, string? channel)
    {
        var everywhere = config.Tools.Everywhere();
        var agent = config.Agents.Of(agentId).Tools;
        var ofChannel = channel is null ? null : config.Tools.ByChannel?.GetValueOrDefault(channel);
        var layers = new[] { Of(tool.Name, everywhere), Of(tool.Name, agent), Of(tool.Name, ofChannel), OfRisk(tool, everywhere, agent) };
        return layers.Max();
    }

    private static ToolPermission Of(string tool, ToolPolicyConfig? rules) =>
        rules is null ? ToolPermission.Allow
        : Matches(rules.Deny, tool) ? ToolPermission.Deny
        : rules.Allow is not null && !Matches(rules.Allow, tool) && !Matches(rules.Ask, tool) ? ToolPermission.Deny
        : Matches(rules.Ask, tool) ? ToolPermission.Ask
        : ToolPermission.Allow;

    /// <summary>What is risky must be named by somebody, at least by its group: a star is said too easily.</summary>
    private static ToolPermission OfRisk(ToolDescription tool, params ReadOnlySpan<ToolPolicyConfig?> rules)
    {
        if (tool.Risk < ToolRisk.High)
        {
            return ToolPermission.Allow;
        }

        foreach (var rule in rules)
        {
            if ((rule?.Allow ?? []).Concat(rule?.Ask ?? []).Any(pattern => pattern != All && Matches(pattern, tool.Name)))
            {
                return ToolPermission.Allow;
            }
        }

        return ToolPermission.Deny;
    }

    private static bool Matches(IReadOnlyList<string>? patterns, string tool) => patterns?.Any(pattern => Matches(pattern, tool)) == true;

    private static bool Matches(string pattern, string tool) =>
        pattern == All || pattern == tool || (pattern.EndsWith(".*", StringComparison.Ordinal) && tool.StartsWith(pattern[..^1], StringComparison.Ordinal));
}
