using System.Text.Json.Nodes;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>References to secrets that stand elsewhere: those to variables of the environment are written as this gateway reads them.</summary>
internal static class SecretReferences
{
    public static void Replace(JsonObject settings, string key, MigrationLog log)
    {
        foreach (var (name, value) in settings.ToArray())
        {
            var path = key.Length == 0 ? name : $"{key}.{name}";
            if (value is JsonObject reference && IsReference(reference))
            {
                settings.Remove(name);
                if (reference["source"]!.ToString() == "env")
                {
                    settings[name] = $"${{{reference["id"]}}}";
                }
                else
                {
                    log.Left(path, $"its secret comes from '{reference["source"]}'; give it in the environment or in .env of the state directory");
                }
            }
            else if (value is JsonObject below)
            {
                Replace(below, path, log);
            }
        }
    }

    private static bool IsReference(JsonObject value) =>
        value["source"] is JsonValue source && source.TryGetValue<string>(out var kind) && kind is "env" or "file" or "exec" or "store" && value["id"] is JsonValue;
}
