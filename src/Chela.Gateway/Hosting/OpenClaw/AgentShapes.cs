using System.Text.Json.Nodes;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Agents: a list here, with the models as plain names.</summary>
internal static class AgentShapes
{
    public static void Change(JsonObject settings, MigrationLog log)
    {
        if (settings["agents"] is not JsonObject agents)
        {
            return;
        }

        if (agents["entries"] is JsonObject entries && agents["list"] is null)
        {
            agents["list"] = new JsonArray([.. entries.Where(entry => entry.Value is JsonObject).Select(entry => Named(entry.Key, entry.Value!.AsObject()))]);
            agents.Remove("entries");
            log.Shaped("agents.entries", "agents.list");
        }

        TakeAliases(settings, agents);
        ChangeAgent(agents["defaults"] as JsonObject);
        foreach (var agent in (agents["list"] as JsonArray ?? []).OfType<JsonObject>())
        {
            ChangeAgent(agent);
            ChangeIdentity(agent);
        }
    }

    private static JsonObject Named(string id, JsonObject agent)
    {
        var named = agent.DeepClone().AsObject();
        named["id"] = id;
        return named;
    }

    /// <summary>Short names of models stand beside the models.</summary>
    private static void TakeAliases(JsonObject settings, JsonObject agents)
    {
        foreach (var (model, value) in ((agents["defaults"] as JsonObject)?["models"] as JsonObject ?? []).ToArray())
        {
            if (value is JsonObject known && known["alias"] is JsonValue alias && alias.TryGetValue<string>(out var name))
            {
                known.Remove("alias");
                settings["models"] ??= new JsonObject();
                if (settings["models"] is JsonObject models)
                {
                    models["aliases"] ??= new JsonObject();
                    (models["aliases"] as JsonObject)?.TryAdd(name, ModelShapes.Name(model));
                }
            }
        }

        foreach (var owner in new[] { agents["defaults"] }.Concat(agents["list"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (owner["models"] is JsonObject models && models.All(model => model.Value is JsonObject { Count: 0 }))
            {
                owner.Remove("models");
            }
        }
    }

    private static void ChangeAgent(JsonObject? agent)
    {
        if (agent is null)
        {
            return;
        }

        agent.Remove("workspace"); // its files are copied into the folder that it has here
        if (agent["model"] is JsonObject model)
        {
            agent.Remove("model");
            Put(agent, "model", model["primary"]);
            Put(agent, "modelFallbacks", model["fallbacks"]);
        }

        if (agent["subagents"] is JsonObject subagents && subagents["model"] is JsonObject chosen)
        {
            subagents.Remove("model");
            Put(subagents, "model", chosen["primary"]);
        }

        Rename(agent, "model");
        Rename(agent["subagents"] as JsonObject, "model");
        if (agent["modelFallbacks"] is JsonArray fallbacks)
        {
            agent["modelFallbacks"] = new JsonArray([.. fallbacks.Select(name => (JsonNode?)ModelShapes.Name(name?.ToString() ?? ""))]);
        }
    }

    private static void ChangeIdentity(JsonObject agent)
    {
        if (agent["identity"] is JsonObject identity && identity["name"] is JsonValue name)
        {
            identity.Remove("name");
            agent.TryAdd("name", name.DeepClone());
        }
    }

    private static void Put(JsonObject into, string name, JsonNode? value)
    {
        if (value is not null)
        {
            into[name] = value.DeepClone();
        }
    }

    private static void Rename(JsonObject? owner, string name)
    {
        if (owner?[name] is JsonValue model && model.TryGetValue<string>(out var text))
        {
            owner[name] = ModelShapes.Name(text);
        }
    }
}
