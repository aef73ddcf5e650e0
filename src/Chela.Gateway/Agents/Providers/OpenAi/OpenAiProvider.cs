using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>OpenAI, or any server that speaks its chat completions: Ollama, vLLM, LM Studio, OpenRouter.</summary>
/// <remarks>
/// Nothing here names a type of the OpenAI SDK: its assembly is large, and a gateway that only echoes must not load it.
/// </remarks>
internal sealed class OpenAiProvider(ProviderSettings settings, string model, TimeProvider clock, Func<HttpClient> http) : IModelProvider
{
    public const string ProviderName = "openai";

    /// <summary>The model of an operator who names none: current, cheap and quick.</summary>
    public const string DefaultModel = "gpt-5-mini";

    private readonly Lazy<OpenAiConnection> _connection = new(() => Connect(settings, clock, http));

    public string Name => ProviderName;

    public IReadOnlyList<ModelInfo> Models { get; } = [new(model, model, ProviderName)];

    public IChatClient CreateClient(string model) => new OpenAiChatClient(_connection.Value, model);

    private static OpenAiConnection Connect(ProviderSettings settings, TimeProvider clock, Func<HttpClient> http)
    {
        var endpoint = settings.OpenAiBaseUrl is { } url ? OpenAiEndpoint.TryParse(url) : OpenAiEndpoint.Default;

        // The catalog has checked the address; whoever did not hears of it here.
        return new OpenAiConnection(
            endpoint ?? throw new ArgumentException("Not an address.", nameof(settings)), settings.OpenAiApiKey, http(), clock);
    }
}
