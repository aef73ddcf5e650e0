using System.Text.Json.Nodes;

namespace Chela.Gateway.Config.Migrations;

/// <summary>Settings under the names that OpenClaw had for them before there were several agents; as far as there are such settings here.</summary>
internal static class OldNames
{
    public static void Apply(MigrationDraft draft)
    {
        draft.Move("gateway.token", "gateway.auth.token");
        draft.Move("routing.bindings", "bindings");
        draft.Move("routing.queue", "messages.queue");
        foreach (var name in draft.Object("agent")?.Select(setting => setting.Key).ToList() ?? [])
        {
            draft.Move($"agent.{name}", $"agents.defaults.{name}");
        }

        TakeAgents(draft);
        draft.DropEmpty("routing");
        draft.DropEmpty("agent");
    }

    /// <summary><c>routing.agents</c> was an object with a name for each agent; <c>routing.defaultAgentId</c> named one of them.</summary>
    private static void TakeAgents(MigrationDraft draft)
    {
        if (draft.Object("routing") is not { } routing || draft.Object("agents.list") is not null)
        {
            return;
        }

        if (routing["agents"] is JsonObject agents && agents.All(agent => agent.Value is JsonObject))
        {
            var list = new JsonArray([.. agents.Select(agent => Named(agent.Key, agent.Value!.AsObject()))]);
            routing["agents"] = list;
            draft.Move("routing.agents", "agents.list");
        }

        if (routing["defaultAgentId"] is JsonValue chosen && chosen.TryGetValue<string>(out var id) && draft.Object("agents")?["list"] is JsonArray all
            && all.OfType<JsonObject>().FirstOrDefault(agent => agent["id"]?.ToString() == id) is { } found)
        {
            routing.Remove("defaultAgentId");
            found.TryAdd("default", true);
            draft.Note("routing.defaultAgentId is now the mark 'default' of that agent in agents.list");
        }
    }

    private static JsonObject Named(string id, JsonObject agent)
    {
        var named = new JsonObject { ["id"] = id };
        foreach (var (name, value) in agent.Where(setting => setting.Key != "id"))
        {
            named[name] = value?.DeepClone();
        }

        return named;
    }
}
