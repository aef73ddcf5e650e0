using System.Globalization;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Editing;

namespace Chela.Gateway.Agents.Roster;

/// <summary>What has to change in the configuration so that an agent is there, is another, or is gone.</summary>
internal static class AgentEdits
{
    private static readonly string[] ListPath = ["agents", "list"];
    private static readonly string[] AllowedPath = ["subagents", "allowAgents"];

    /// <summary>An agent more.</summary>
    /// <exception cref="RpcException">There is one of this id.</exception>
    public static IReadOnlyList<ConfigEdit> Add(AgentsConfig agents, string id, IEnumerable<(string[] Path, JsonNode? Value)> settings)
    {
        if (agents.Has(id))
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"agent \"{id}\" already exists");
        }

        JsonNode entry = settings.Aggregate(
            new JsonObject { ["id"] = id }, (made, setting) => setting.Value is null ? made : new ConfigEdit(setting.Path, setting.Value).ApplyTo(made));
        return [.. Written(agents), ConfigEdit.Set(entry, [.. ListPath, ConfigEdit.Append])];
    }

    /// <summary>Other settings of an agent; null for those that are taken away.</summary>
    /// <exception cref="RpcException">There is no such agent.</exception>
    public static IReadOnlyList<ConfigEdit> Change(AgentsConfig agents, string id, IReadOnlyList<(string[] Path, JsonNode? Value)> settings)
    {
        var place = PlaceOf(agents, id);
        return settings.Count == 0 ? [] : [.. Written(agents), .. settings.Select(setting => new ConfigEdit([.. ListPath, place, .. setting.Path], setting.Value))];
    }

    /// <summary>An agent less, and what names it: bindings, and lists of sub-agents. Nothing for one that is not there any more.</summary>
    /// <exception cref="RpcException">It is the only one.</exception>
    public static IReadOnlyList<ConfigEdit> Remove(ChelaConfig config, string id)
    {
        if (!config.Agents.Has(id))
        {
            return [];
        }

        if (config.Agents.List.Count <= 1)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"Agent \"{id}\" is the only configured agent and cannot be deleted.");
        }

        var subagents = config.Agents.List.Index().SelectMany(agent => Without(agent.Item.Subagents?.AllowAgents, id, [.. ListPath, Text(agent.Index), .. AllowedPath]));
        return
        [
            .. Without([.. config.Bindings.Select(binding => binding.AgentId)], id, ["bindings"]),
            .. Without(config.Agents.Defaults.Subagents.AllowAgents, id, ["agents", "defaults", .. AllowedPath]),
            .. subagents,
            ConfigEdit.Unset([.. ListPath, PlaceOf(config.Agents, id)]),
        ];
    }

    /// <summary>Takes the items of a list away that name an agent; the last first, as the others move up.</summary>
    private static IEnumerable<ConfigEdit> Without(IReadOnlyList<string>? names, string id, string[] path) =>
        (names ?? []).Index().Where(name => name.Item == id).Reverse().Select(name => ConfigEdit.Unset([.. path, Text(name.Index)]));

    /// <summary>Writes down the agent that there is where the list is empty: it would be gone with the first that is added.</summary>
    private static IEnumerable<ConfigEdit> Written(AgentsConfig agents) =>
        agents.List.Count > 0 ? [] : [ConfigEdit.Set(new JsonArray(new JsonObject { ["id"] = SessionKey.DefaultAgent }), ListPath)];

    private static string PlaceOf(AgentsConfig agents, string id) => agents.Has(id)
        ? Text(agents.Ids.Index().First(agent => agent.Item == id).Index)
        : throw NotFound(id);

    public static RpcException NotFound(string id) => new(RpcErrorKind.NotFound, $"agent \"{id}\" not found");

    private static string Text(int index) => index.ToString(CultureInfo.InvariantCulture);
}
