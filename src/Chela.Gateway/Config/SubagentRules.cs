using System.Globalization;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Config;

/// <summary>Which agents can be named as sub-agents.</summary>
internal static class SubagentRules
{
    /// <summary>The problems, each with the pointer of the value that is wrong.</summary>
    public static IEnumerable<(string Pointer, string Message)> Problems(AgentsConfig agents)
    {
        var named = agents.List.Index()
            .Select(agent => (At: string.Create(CultureInfo.InvariantCulture, $"/agents/list/{agent.Index}"), agent.Item.Subagents?.AllowAgents))
            .Prepend((At: "/agents/defaults", agents.Defaults.Subagents.AllowAgents));
        return named.SelectMany(list => (list.AllowAgents ?? []).Index()
            .Where(agent => agent.Item != AgentSubagentsConfig.Any && !agents.Has(agent.Item))
            .Select(agent => (
                string.Create(CultureInfo.InvariantCulture, $"{list.At}/subagents/allowAgents/{agent.Index}"),
                $"there is no agent '{JsonText.Show(agent.Item)}'; agents.list names those that there are, and * stands for all")));
    }
}
