using System.Globalization;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Config;

/// <summary>What has to hold between the settings on where to listen.</summary>
internal static class ListenerRules
{
    /// <summary>Everything that is wrong: the key, the pointer of the value and why it cannot be used.</summary>
    public static IEnumerable<(string Key, string Pointer, string Message)> Refusals(JsonObject root)
    {
        if (root["gateway"] is not JsonObject gateway)
        {
            yield break; // reported as such
        }

        var bind = Text(gateway["bind"]);
        if (bind == BindRule.Custom && Text(gateway["customBindHost"]) is null)
        {
            yield return ("gateway.bind", "/gateway/bind", "'custom' needs an address in gateway.customBindHost");
        }

        var taken = new Dictionary<(int Port, string? Bind), string> { [(Number(gateway["port"]), bind)] = "gateway.port" };
        foreach (var (index, listener) in (gateway["listeners"] as JsonArray ?? []).OfType<JsonObject>().Index())
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"gateway.listeners[{index}].port");
            var port = Number(listener["port"]);
            var at = (port, Text(listener["bind"]) ?? bind);
            if (port > 0 && !taken.TryAdd(at, name))
            {
                yield return ("gateway.listeners", string.Create(CultureInfo.InvariantCulture, $"/gateway/listeners/{index}/port"), $"is the same as {taken[at]}");
            }
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static int Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : -1;
}
