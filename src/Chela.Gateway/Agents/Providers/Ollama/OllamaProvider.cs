using Chela.Gateway.Config;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.Ollama;

/// <summary>An Ollama: what it speaks is as elsewhere, but it says itself which models it has.</summary>
/// <param name="chat">Speaks with its models.</param>
/// <param name="pulled">The models that it has.</param>
internal sealed class OllamaProvider(IModelProvider chat, OllamaModels pulled) : IModelProvider
{
    /// <summary>The name under which a provider is taken for an Ollama.</summary>
    public const string ProviderName = "ollama";

    public string Name => chat.Name;

    public IReadOnlyList<ModelInfo> Models => chat.Models;

    public IChatClient CreateClient(string model) => chat.CreateClient(model);

    public IEmbeddingGenerator<string, Embedding<float>> CreateEmbedder(string model) => chat.CreateEmbedder(model);

    public async ValueTask<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken ct)
    {
        var others = (await pulled.NamesAsync(ct)).Where(name => chat.Models.All(model => model.Id != name));
        return [.. chat.Models, .. others.Select(name => ModelInfo.Of(Name, new ModelConfig { Id = name }))];
    }
}
