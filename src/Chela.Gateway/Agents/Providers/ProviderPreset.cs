using System.Collections.Immutable;
using Chela.Gateway.Agents.Providers.Ollama;

namespace Chela.Gateway.Agents.Providers;

/// <summary>What is known of a well-known provider, so that a key is all that its configuration needs.</summary>
/// <param name="Name">The first segment of its models' names.</param>
/// <param name="Api">What it speaks.</param>
/// <param name="Address">Where it is; null where every customer has an address of his own.</param>
internal sealed record ProviderPreset(string Name, ProviderApi Api, string? Address)
{
    /// <summary>The customary environment variable of its key.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>The customary environment variable of its address.</summary>
    public string? AddressVariable { get; init; }

    /// <summary>The model of an operator who names none: current, cheap and quick. Null where there is none that everybody has.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>All of them, the first configured one being the one that answers where no model is named.</summary>
    public static ImmutableArray<ProviderPreset> All { get; } =
    [
        new("openai", ProviderApi.OpenAiCompletions, "https://api.openai.com/v1")
        {
            KeyVariable = "OPENAI_API_KEY", AddressVariable = "OPENAI_BASE_URL", DefaultModel = "gpt-5-mini",
        },
        new("anthropic", ProviderApi.AnthropicMessages, "https://api.anthropic.com")
        {
            KeyVariable = "ANTHROPIC_API_KEY", AddressVariable = "ANTHROPIC_BASE_URL", DefaultModel = "claude-haiku-4-5",
        },
        new("gemini", ProviderApi.OpenAiCompletions, "https://generativelanguage.googleapis.com/v1beta/openai")
        {
            KeyVariable = "GEMINI_API_KEY", DefaultModel = "gemini-2.5-flash",
        },
        new("openrouter", ProviderApi.OpenAiCompletions, "https://openrouter.ai/api/v1")
        {
            KeyVariable = "OPENROUTER_API_KEY", DefaultModel = "openrouter/auto",
        },
        new("azure-openai", ProviderApi.OpenAiCompletions, null)
        {
            KeyVariable = "AZURE_OPENAI_API_KEY", AddressVariable = "AZURE_OPENAI_ENDPOINT",
        },
        new(OllamaProvider.ProviderName, ProviderApi.OpenAiCompletions, "http://127.0.0.1:11434/v1"),
    ];

    /// <summary>The well-known provider of that name; null where it is none.</summary>
    public static ProviderPreset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);
}
