using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers;

/// <summary>A source of models. Making one must be cheap: whatever is heavy waits for the first <see cref="CreateClient"/>.</summary>
internal interface IModelProvider
{
    /// <summary>The first segment of its models' names.</summary>
    string Name { get; }

    /// <summary>The models known from the configuration. Others may exist; the provider is not asked.</summary>
    IReadOnlyList<ModelInfo> Models { get; }

    /// <summary>The models to show: those, and others of which the provider says that it has them, where it is quick to say so. Does not fail.</summary>
    ValueTask<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken ct) => new(Models);

    /// <summary>A light client of one model over the provider's shared connection; nothing is asked yet.</summary>
    /// <exception cref="ProviderException">The provider is sure that it has no such model.</exception>
    IChatClient CreateClient(string model);

    /// <summary>The same for a model that makes vectors of texts.</summary>
    /// <exception cref="ProviderException">The provider has no such models.</exception>
    IEmbeddingGenerator<string, Embedding<float>> CreateEmbedder(string model) =>
        throw new ProviderException(new ProviderError(ProviderErrorKind.NotFound, $"The model provider \"{Name}\" makes no vectors of texts."));
}
