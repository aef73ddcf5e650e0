using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Agents.Providers;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Takes the keys of providers, which OpenClaw keeps beside each agent.</summary>
internal static class AuthProfiles
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Puts the keys of the file into the settings, in OpenClaw's shape, where they say none.</summary>
    public static async Task TakeAsync(string file, JsonObject settings, MigrationLog log, CancellationToken ct)
    {
        if (!File.Exists(file))
        {
            return;
        }

        if (new FileInfo(file).Length > MaxBytes || Parse(await File.ReadAllTextAsync(file, ct)) is not { } profiles)
        {
            log.Left(file, "it is not of a form that is known");
            return;
        }

        foreach (var (name, value) in profiles)
        {
            Take(name, value as JsonObject ?? [], settings, log);
        }
    }

    private static void Take(string name, JsonObject profile, JsonObject settings, MigrationLog log)
    {
        var provider = profile["provider"]?.ToString() ?? name.Split(':')[0];
        var key = profile["type"]?.ToString() switch
        {
            "api_key" => profile["key"] ?? profile["keyRef"],
            "token" => profile["token"] ?? profile["tokenRef"],
            _ => null,
        };
        var models = settings["models"] as JsonObject ?? [];
        var providers = models["providers"] as JsonObject ?? [];
        if (key is null)
        {
            log.Left($"credential {name}", "it is neither a key nor a token; log in anew, or set a key");
        }
        else if (ProviderPreset.Find(ModelShapes.Provider(provider)) is null && !providers.ContainsKey(provider))
        {
            log.Left($"credential {name}", $"the provider {provider} is not known here; describe it in models.providers");
        }
        else
        {
            settings["models"] = models.Parent is null ? models : settings["models"];
            models["providers"] = providers.Parent is null ? providers : models["providers"];
            providers.TryAdd(provider, new JsonObject());
            if (providers[provider] is JsonObject known && known.TryAdd("apiKey", key.DeepClone()))
            {
                log.Shaped($"credential {name}", $"models.providers.{ModelShapes.Provider(provider)}.apiKey");
            }
        }
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return (JsonNode.Parse(text) as JsonObject)?["profiles"] as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
