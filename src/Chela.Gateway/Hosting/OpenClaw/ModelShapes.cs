using System.Text.Json.Nodes;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;

namespace Chela.Gateway.Hosting.OpenClaw;

/// <summary>Providers of models: what they speak, and the one that has another name here.</summary>
internal static class ModelShapes
{
    private const string Google = "google";
    private const string Gemini = "gemini";

    private static readonly string[] Spoken =
        [ModelProviderConfig.OpenAiCompletions, ModelProviderConfig.OpenAiResponses, ModelProviderConfig.AnthropicMessages];

    /// <summary>The name of a model as it is here.</summary>
    public static string Name(string model) =>
        model.StartsWith($"{Google}/", StringComparison.Ordinal) ? $"{Gemini}{model[Google.Length..]}" : model;

    /// <summary>The name of a provider as it is here.</summary>
    public static string Provider(string name) => name == Google ? Gemini : name;

    public static void Change(JsonObject settings, MigrationLog log)
    {
        if ((settings["models"] as JsonObject)?["providers"] is not JsonObject providers)
        {
            return;
        }

        foreach (var (name, value) in providers.ToArray())
        {
            providers.Remove(name);
            if (value is not JsonObject provider)
            {
                continue;
            }

            var isWellKnown = ProviderPreset.Find(Provider(name)) is not null;
            if (provider["api"] is { } api && !Spoken.Contains(api.ToString()))
            {
                if (!isWellKnown)
                {
                    log.Left($"models.providers.{name}", $"it speaks {api}, which is not spoken here");
                    continue;
                }

                provider.Remove("api"); // what it speaks here is known
            }

            providers[Provider(name)] = provider;
        }
    }
}
