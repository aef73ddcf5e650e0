using System.Text.Json.Nodes;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Which tools may be used: they have other names here.</summary>
internal static class ToolShapes
{
    private static readonly string[] Otherwise = ["http", "exec"];

    private static readonly Dictionary<string, string[]> Names = new(StringComparer.Ordinal)
    {
        ["*"] = ["*"],
        ["read"] = ["fs.read", "fs.list", "fs.search"],
        ["write"] = ["fs.write"],
        ["edit"] = ["fs.edit"],
        ["apply_patch"] = ["fs.edit"],
        ["exec"] = ["exec"],
        ["web_fetch"] = ["http.fetch"],
        ["memory_search"] = ["memory.search"],
        ["memory_get"] = ["memory.get"],
        ["message"] = ["message.send"],
        ["sessions_send"] = ["session.send"],
        ["sessions_spawn"] = ["session.spawn"],
        ["subagents"] = ["session.children", "session.steer", "session.stop"],
        ["group:fs"] = ["fs.*"],
        ["group:runtime"] = ["exec"],
        ["group:web"] = ["http.fetch"],
        ["group:memory"] = ["memory.*"],
        ["group:sessions"] = ["session.*"],
        ["group:messaging"] = ["message.send"],
    };

    public static void Change(JsonObject settings, MigrationLog log)
    {
        ChangePolicy(settings["tools"] as JsonObject, "tools", log);
        foreach (var (place, agent) in ((settings["agents"] as JsonObject)?["list"] as JsonArray ?? []).Index())
        {
            ChangePolicy((agent as JsonObject)?["tools"] as JsonObject, $"agents.list[{place}].tools", log);
        }
    }

    private static void ChangePolicy(JsonObject? tools, string key, MigrationLog log)
    {
        if (tools is null)
        {
            return;
        }

        foreach (var name in Otherwise.Where(tools.ContainsKey))
        {
            tools.Remove(name);
            log.Left($"{key}.{name}", "it is configured in another way here (tools.exec, tools.http)");
        }

        foreach (var list in new[] { "allow", "deny" })
        {
            if (tools[list] is JsonArray given)
            {
                tools[list] = Renamed(given, $"{key}.{list}", log);
            }
        }
    }

    private static JsonArray Renamed(JsonArray given, string key, MigrationLog log)
    {
        var renamed = new List<string>();
        foreach (var tool in given.Select(tool => tool?.ToString() ?? ""))
        {
            if (Names.TryGetValue(tool, out var here))
            {
                renamed.AddRange(here);
            }
            else
            {
                log.Left($"{key}: {tool}", "there is no such tool here");
            }
        }

        return new JsonArray([.. renamed.Distinct().Select(name => (JsonNode?)name)]);
    }
}
