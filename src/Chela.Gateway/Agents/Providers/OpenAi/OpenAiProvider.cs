using Chela.Gateway.Agents.Providers.OpenAi.Responses;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>OpenAI, or any server that speaks its chat completions or Responses: Azure, Gemini, OpenRouter, Ollama, vLLM, LM Studio.</summary>
/// <remarks>
/// Nothing here names a type of the OpenAI SDK: its assembly is large, and a gateway that only echoes must not load it.
/// </remarks>
internal sealed class OpenAiProvider(ProviderSettings settings, TimeProvider clock, Lazy<HttpClient> http) : IModelProvider
{
    private readonly Lazy<OpenAiConnection> _connection = new(() => new OpenAiConnection(settings, http.Value, clock));

    public string Name => settings.Name;

    public IReadOnlyList<ModelInfo> Models => settings.Models;

    public IChatClient CreateClient(string model) => settings.Api == ProviderApi.OpenAiResponses
        ? new ResponsesChatClient(_connection.Value, model)
        : new OpenAiChatClient(_connection.Value, model);

    public IEmbeddingGenerator<string, Embedding<float>> CreateEmbedder(string model) => new OpenAiEmbeddings(_connection.Value, model);
}
