using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Usage;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Memory;

/// <summary>Writes down what a model reads to make vectors of what an agent remembers. It counts for the agent, and for none of its conversations.</summary>
internal sealed class CountedEmbedder(
    IEmbeddingGenerator<string, Embedding<float>> embedder, ModelRef model, string agentId, ModelPrice? price, UsageLedger ledger, TimeProvider time)
    : DelegatingEmbeddingGenerator<string, Embedding<float>>(embedder)
{
    private const decimal Million = 1_000_000m;

    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var made = await base.GenerateAsync(values, options, cancellationToken);
        if (made.Usage?.InputTokenCount is > 0 and var tokens)
        {
            var cost = price is null ? null : new UsageCost(tokens * price.Input / Million, 0, 0);
            ledger.Add(new UsageLine(time.GetUtcNow().ToUnixTimeMilliseconds(), $"memory-{Guid.NewGuid():N}", $"agent:{agentId}:memory", "")
            {
                Call = new UsageCall(model.Provider, model.Name, tokens, 0, 0) { Cost = cost },
            });
        }

        return made;
    }
}
