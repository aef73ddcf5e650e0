namespace Chela.Gateway.Agents.Providers;

/// <summary>What a provider speaks.</summary>
internal enum ProviderApi
{
    /// <summary>Chat completions as OpenAI, and most others, speak them.</summary>
    OpenAiCompletions,

    /// <summary>Responses, which OpenAI would rather have used.</summary>
    OpenAiResponses,

    /// <summary>Messages as Anthropic speaks them.</summary>
    AnthropicMessages,
}
