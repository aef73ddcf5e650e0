using System.Globalization;
using System.Text.RegularExpressions;

namespace Chela.Gateway.Config;

/// <summary>What must hold between the agents of the list.</summary>
internal static partial class AgentListRules
{
    /// <summary>The problems, each with the pointer of the value that is wrong.</summary>
    public static IEnumerable<(string Pointer, string Message)> Problems(AgentsConfig agents)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        int? marked = null;
        foreach (var (index, agent) in agents.List.Index())
        {
            if (!Id().IsMatch(agent.Id))
            {
                yield return (At(index, "id"), "must be 1 to 64 of a-z, 0-9, - and _, the first a letter or digit");
            }
            else if (!places.TryAdd(agent.Id, index))
            {
                yield return (At(index, "id"), $"is the id of agents.list[{places[agent.Id]}] too; each agent needs one of its own");
            }

            if (agent.Default && marked is { } other)
            {
                yield return (At(index, "default"), $"agents.list[{other}] is marked as the default too; leave one mark");
            }

            marked ??= agent.Default ? index : null;
        }
    }

    private static string At(int index, string name) => string.Create(CultureInfo.InvariantCulture, $"/agents/list/{index}/{name}");

    [GeneratedRegex(AgentConfig.IdPattern, RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
