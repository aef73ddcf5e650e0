using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Gateway.Config.Reloading;

/// <summary>Makes of two configurations a third: the new one, with some settings as they were.</summary>
internal static class HeldSettings
{
    /// <summary>All of the new configuration but what is held.</summary>
    public static JsonObject Mix(JsonElement before, JsonElement after, IReadOnlyList<ConfigPath> held)
    {
        var mixed = JsonObject.Create(after)!.DeepClone().AsObject();
        foreach (var path in held)
        {
            Put(mixed, path.Segments, ConfigPointer.Find(before, path.Segments));
        }

        return mixed;
    }

    /// <summary>The layers that decided the keys of that mixture.</summary>
    public static Dictionary<string, ConfigLayer> Origins(ConfigSnapshot before, ConfigSnapshot after, IReadOnlyList<ConfigPath> held)
    {
        var origins = new Dictionary<string, ConfigLayer>(after.Origins, StringComparer.Ordinal);
        foreach (var (key, layer) in before.Origins)
        {
            if (held.Any(path => new ConfigPath(key.Split('.')).IsWithin(path.Segments)))
            {
                origins[key] = layer;
            }
        }

        return origins;
    }

    private static void Put(JsonObject settings, IReadOnlyList<string> path, JsonElement? value)
    {
        foreach (var name in path.SkipLast(1))
        {
            settings = settings[name]!.AsObject(); // it stands in both configurations, as an object
        }

        if (value is { } known)
        {
            settings[path[^1]] = JsonNode.Parse(known.GetRawText());
        }
        else
        {
            settings.Remove(path[^1]);
        }
    }
}
