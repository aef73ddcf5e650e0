using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Makes of OpenClaw's settings such as this gateway has: first in the same shape, then without what it does not know.</summary>
internal sealed class ForeignSettings(JsonElement schema, MigrationLog log)
{
    /// <summary>What says nothing to another program, and nobody misses.</summary>
    private static readonly string[] Silent = ["$schema", "meta", "wizard"];

    /// <summary>The settings that are known here. Whether they are good is not looked at.</summary>
    /// <param name="settings">Those of OpenClaw, which are changed.</param>
    public JsonObject Read(JsonObject settings)
    {
        foreach (var name in Silent)
        {
            settings.Remove(name);
        }

        SecretReferences.Replace(settings, "", log);
        AgentShapes.Change(settings, log);
        ModelShapes.Change(settings, log);
        ToolShapes.Change(settings, log);
        OtherShapes.Change(settings, log);
        ChannelShapes.Change(settings, log);
        return Known(settings, schema, "") as JsonObject ?? [];
    }

    private JsonNode? Known(JsonNode? value, JsonElement part, string key) => value switch
    {
        JsonObject settings when SettingSchema.Allows(part, "object") => KnownIn(settings, part, key),
        JsonArray list when SettingSchema.Allows(part, "array") && SettingSchema.Shared(part) is { } item =>
            new JsonArray([.. list.Select((one, place) => Known(one, item, $"{key}[{place}]")).Where(one => one is not null)]),
        JsonValue one when AsAllowed(one, part) is { } taken => taken,
        null => null,
        _ => Leave(key, "has another form here"),
    };

    private JsonObject KnownIn(JsonObject settings, JsonElement part, string key)
    {
        var known = new JsonObject();
        foreach (var (name, value) in settings)
        {
            var path = key.Length == 0 ? name : $"{key}.{name}";
            var found = SettingSchema.Find(part, [name]) is { } child ? Known(value, child, path) : Leave(path, WhyUnknown(path));
            if (found is not null)
            {
                known[name] = found;
            }
        }

        return known;
    }

    private static string WhyUnknown(string key) => key.Split('.') switch
    {
        [.., "$include"] => "files that are included are not read here; put what they hold into the file first",
        ["channels", _] => "there is no such channel here",
        ["plugins", ..] => "plugins of OpenClaw do not run here",
        _ => "there is no such setting here",
    };

    /// <summary>Numbers may stand for texts: ids of peers are written so.</summary>
    private static JsonNode? AsAllowed(JsonValue value, JsonElement part) => value.GetValueKind() switch
    {
        JsonValueKind.String when SettingSchema.Allows(part, "string") => value.DeepClone(),
        JsonValueKind.Number when SettingSchema.Allows(part, "integer") || SettingSchema.Allows(part, "number") => value.DeepClone(),
        JsonValueKind.True or JsonValueKind.False when SettingSchema.Allows(part, "boolean") => value.DeepClone(),
        not JsonValueKind.String when SettingSchema.Allows(part, "string") => value.ToJsonString(),
        _ => null,
    };

    private JsonNode? Leave(string key, string why)
    {
        log.Left(key, why);
        return null;
    }
}
