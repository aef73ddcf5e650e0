using Chela.Gateway.Config;

namespace Chela.Gateway.Agents.Providers;

/// <summary>A model that can be chosen, as it is listed to clients.</summary>
/// <param name="Id">The model's name at its provider, without the provider; <c>provider/id</c> selects it.</param>
/// <param name="Name">What a person reads.</param>
/// <param name="Provider">Name of the provider.</param>
internal sealed record ModelInfo(string Id, string Name, string Provider)
{
    /// <summary>How many tokens fit into one conversation, where that is known.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>The most tokens of one answer, where that is known.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Whether it thinks before it answers, where that is known.</summary>
    public bool? Reasoning { get; init; }

    /// <summary>What it reads, where that is known.</summary>
    public IReadOnlyList<string>? Input { get; init; }

    /// <summary>What it costs, where that is known.</summary>
    public ModelPrice? Price { get; init; }

    /// <summary>What the operator says of a model, and for the rest what is known of it.</summary>
    public static ModelInfo Of(string provider, ModelConfig model)
    {
        var known = KnownModels.Find(model.Id);
        return new ModelInfo(model.Id, model.Name ?? known?.Name ?? model.Id, provider)
        {
            ContextWindow = model.ContextWindow ?? known?.ContextWindow,
            MaxTokens = model.MaxTokens ?? known?.MaxTokens,
            Reasoning = model.Reasoning ?? known?.Reasoning,
            Input = model.Input ?? known?.Input,
            Price = model.Cost is { } cost
                ? new ModelPrice((decimal)cost.Input, (decimal)cost.Output, (decimal)(cost.CacheRead ?? cost.Input), (decimal)(cost.CacheWrite ?? cost.Input))
                : known?.Price,
        };
    }
}
