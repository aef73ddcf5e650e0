using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>Where models are found, and what they are called.</summary>
internal sealed record ModelsConfig
{
    [MaxLength(100), Description("The providers of models, by name. A well-known one (openai, anthropic, gemini, openrouter, ollama, azure-openai) needs no address.")]
    public IReadOnlyDictionary<string, ModelProviderConfig> Providers { get; init; } = new Dictionary<string, ModelProviderConfig>();

    [MaxLength(200), Description("Short names of models: alias → provider/model.")]
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();
}

/// <summary>One provider of models.</summary>
internal sealed record ModelProviderConfig
{
    /// <summary>Chat completions as OpenAI speaks them.</summary>
    public const string OpenAiCompletions = "openai-completions";

    /// <summary>Responses as OpenAI speaks them.</summary>
    public const string OpenAiResponses = "openai-responses";

    /// <summary>Messages as Anthropic speaks them.</summary>
    public const string AnthropicMessages = "anthropic-messages";

    [AllowedValues(OpenAiCompletions, OpenAiResponses, AnthropicMessages), Description("What the provider speaks; unset means what a well-known one speaks, and chat completions for any other.")]
    public string? Api { get; init; }

    [Description("Address of the provider's interface; unset means the provider's own.")]
    public string? BaseUrl { get; init; }

    [MinLength(1), Description("The key that the provider gave out.")]
    public string? ApiKey { get; init; }

    [MaxLength(50), Description("Headers that every request carries besides.")]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    [MaxLength(1_000), Description("The provider's models that are listed, with what is known of them. Others can be used too.")]
    public IReadOnlyList<ModelConfig>? Models { get; init; }

    /// <summary>Never shows the key, nor the headers, which may hold one: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(ModelProviderConfig)} {{ {nameof(Api)} = {Api}, {nameof(BaseUrl)} = {BaseUrl} }}";
}

/// <summary>One model. What is left out is as for the well-known model of that name, where it is one.</summary>
internal sealed record ModelConfig
{
    [MinLength(1), MaxLength(256), Description("What the provider calls it.")]
    public required string Id { get; init; }

    [MinLength(1), MaxLength(256), Description("What people read.")]
    public string? Name { get; init; }

    [Range(1, 100_000_000), Description("How many tokens fit into one conversation.")]
    public int? ContextWindow { get; init; }

    [Range(1, 100_000_000), Description("The most tokens of one answer.")]
    public int? MaxTokens { get; init; }

    [Description("Whether it thinks before it answers.")]
    public bool? Reasoning { get; init; }

    [MaxLength(5), Description("What it reads: text, image, audio, video, document.")]
    public IReadOnlyList<string>? Input { get; init; }

    public ModelCostConfig? Cost { get; init; }
}

/// <summary>What a model costs, in US dollars for a million tokens.</summary>
internal sealed record ModelCostConfig
{
    [Range(0, 1_000_000), Description("Tokens that it reads.")]
    public double Input { get; init; }

    [Range(0, 1_000_000), Description("Tokens that it writes.")]
    public double Output { get; init; }

    [Range(0, 1_000_000), Description("Tokens that it reads from its cache; unset means as any other.")]
    public double? CacheRead { get; init; }

    [Range(0, 1_000_000), Description("Tokens that it reads into its cache; unset means as any other.")]
    public double? CacheWrite { get; init; }
}
