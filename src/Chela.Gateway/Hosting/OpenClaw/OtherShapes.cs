using System.Text.Json.Nodes;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Settings that say the same here in another way, or that stand in another place.</summary>
internal static class OtherShapes
{
    private const int SecondMs = 1000;

    public static void Change(JsonObject settings, MigrationLog log)
    {
        foreach (var (name, value) in ((settings["mcp"] as JsonObject)?["servers"] as JsonObject ?? []).ToArray())
        {
            if (value is JsonObject server && server["transport"]?.ToString() == "sse")
            {
                settings["mcp"]!["servers"]!.AsObject().Remove(name);
                log.Left($"mcp.servers.{name}", "it speaks SSE, which is not spoken here");
                continue;
            }

            ChangeServer(value as JsonObject, name, log);
        }

        if ((settings["gateway"] as JsonObject)?["mode"] is { } mode)
        {
            settings["gateway"]!.AsObject().Remove("mode");
            if (mode.ToString() != "local")
            {
                log.Left("gateway.mode", "this gateway always runs where it is started");
            }
        }

        foreach (var binding in (settings["bindings"] as JsonArray ?? []).OfType<JsonObject>().Where(binding => binding["type"]?.ToString() == "route"))
        {
            binding.Remove("type");
        }

        if ((settings["session"] as JsonObject)?["dmScope"] is null)
        {
            log.Left("session.dmScope", "it was not set, which meant 'main' there: all direct messages in one session. Here each person has one, unless you set it");
        }
    }

    private static void ChangeServer(JsonObject? server, string name, MigrationLog log)
    {
        if (server is null)
        {
            return;
        }

        server.Remove("transport"); // it follows from command and url
        if (server["requestTimeoutMs"] is JsonValue limit && limit.TryGetValue<long>(out var milliseconds))
        {
            server.Remove("requestTimeoutMs");
            server["timeoutSeconds"] = Math.Max(1, (milliseconds + SecondMs - 1) / SecondMs);
        }

        if (server["toolFilter"] is JsonObject filter && filter["include"] is JsonArray include)
        {
            filter.Remove("include");
            server["allow"] = include;
            if (filter.Count == 0)
            {
                server.Remove("toolFilter");
            }
        }

        if (server.ContainsKey("cwd"))
        {
            log.Left($"mcp.servers.{name}.cwd", "servers run in a folder of the gateway's choice here");
            server.Remove("cwd");
        }
    }
}
