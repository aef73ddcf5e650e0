using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Chela.Gateway.Agents.Providers;

/// <summary>
/// What their makers publish of well-known models, as of autumn 2025: sizes in tokens, prices in US dollars for a million tokens. The operator's
/// <c>models.providers.*.models</c> come before it.
/// </summary>
internal static partial class KnownModels
{
    private static readonly string[] Reads = ["text", "image"];

    private static readonly FrozenDictionary<string, KnownModel> Table = new KnownModel[]
    {
        OpenAi("gpt-5", "GPT-5", 400_000, 128_000, 1.25m, 10m, 0.125m, reasoning: true),
        OpenAi("gpt-5-mini", "GPT-5 mini", 400_000, 128_000, 0.25m, 2m, 0.025m, reasoning: true),
        OpenAi("gpt-5-nano", "GPT-5 nano", 400_000, 128_000, 0.05m, 0.4m, 0.005m, reasoning: true),
        OpenAi("gpt-4.1", "GPT-4.1", 1_047_576, 32_768, 2m, 8m, 0.5m),
        OpenAi("gpt-4.1-mini", "GPT-4.1 mini", 1_047_576, 32_768, 0.4m, 1.6m, 0.1m),
        OpenAi("gpt-4.1-nano", "GPT-4.1 nano", 1_047_576, 32_768, 0.1m, 0.4m, 0.025m),
        OpenAi("gpt-4o", "GPT-4o", 128_000, 16_384, 2.5m, 10m, 1.25m),
        OpenAi("gpt-4o-mini", "GPT-4o mini", 128_000, 16_384, 0.15m, 0.6m, 0.075m),
        OpenAi("o3", "o3", 200_000, 100_000, 2m, 8m, 0.5m, reasoning: true),
        OpenAi("o4-mini", "o4-mini", 200_000, 100_000, 1.1m, 4.4m, 0.275m, reasoning: true),
        Anthropic("claude-opus-4-5", "Claude Opus 4.5", 64_000, 5m, 25m),
        Anthropic("claude-sonnet-4-5", "Claude Sonnet 4.5", 64_000, 3m, 15m),
        Anthropic("claude-haiku-4-5", "Claude Haiku 4.5", 64_000, 1m, 5m),
        Anthropic("claude-opus-4-1", "Claude Opus 4.1", 32_000, 15m, 75m),
        OpenAi("gemini-2.5-pro", "Gemini 2.5 Pro", 1_048_576, 65_536, 1.25m, 10m, 0.125m, reasoning: true),
        OpenAi("gemini-2.5-flash", "Gemini 2.5 Flash", 1_048_576, 65_536, 0.3m, 2.5m, 0.03m, reasoning: true),
        OpenAi("gemini-2.5-flash-lite", "Gemini 2.5 Flash-Lite", 1_048_576, 65_536, 0.1m, 0.4m, 0.01m, reasoning: true),
    }.ToFrozenDictionary(model => Plain(model.Id), StringComparer.Ordinal);

    /// <summary>The model of that name, also of one dated version (<c>gpt-5-mini-2025-08-07</c>) or behind a reseller (<c>openai/gpt-5-mini</c>); null where none is known.</summary>
    public static KnownModel? Find(string id) => Table.GetValueOrDefault(Plain(Version().Replace(id[(id.LastIndexOf('/') + 1)..], "")));

    private static KnownModel OpenAi(string id, string name, int contextWindow, int maxTokens, decimal input, decimal output, decimal cached, bool reasoning = false) =>
        new(id, name, contextWindow, maxTokens, reasoning, Reads, new ModelPrice(input, output, cached, input));

    // A tenth for what is read from the cache, a quarter more for what is put into it.
    private static KnownModel Anthropic(string id, string name, int maxTokens, decimal input, decimal output) =>
        new(id, name, 200_000, maxTokens, true, Reads, new ModelPrice(input, output, input * 0.1m, input * 1.25m));

    // Resellers write claude-sonnet-4.5.
    private static string Plain(string id) => id.Replace('.', '-').ToLowerInvariant();

    [GeneratedRegex("[-@](20[0-9]{2}-?[0-9]{2}-?[0-9]{2}|latest)$", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}

/// <summary>What is known of a model without asking anybody.</summary>
internal sealed record KnownModel(
    string Id, string Name, int ContextWindow, int MaxTokens, bool Reasoning, IReadOnlyList<string> Input, ModelPrice Price);
