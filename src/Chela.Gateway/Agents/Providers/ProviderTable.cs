using System.Collections.Frozen;
using Chela.Gateway.Agents.Providers.Anthropic;
using Chela.Gateway.Agents.Providers.Echo;
using Chela.Gateway.Agents.Providers.Ollama;
using Chela.Gateway.Agents.Providers.OpenAi;
using Chela.Gateway.Config;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers;

/// <summary>The providers of one configuration and the rule that turns the name of a model into a client.</summary>
internal sealed class ProviderTable
{
    private static readonly ModelRef Echo = new(EchoProvider.ProviderName, EchoProvider.ModelName);

    private readonly FrozenDictionary<string, IModelProvider> _providers;
    private readonly FrozenDictionary<string, ModelRef> _aliases;
    private readonly ProviderSettings? _first;

    /// <summary>Sets up the providers without connecting to any.</summary>
    /// <param name="settings">What the operator chose.</param>
    /// <param name="clock">Time for delays and for <c>Retry-After</c>.</param>
    /// <param name="shared">The HTTP client, made only when a model behind HTTP is first used.</param>
    public ProviderTable(ModelSettings settings, TimeProvider clock, Lazy<HttpClient> shared)
    {
        Settings = settings.Providers;
        _first = settings.Providers is [var first, ..] ? first : null;
        _providers = settings.Providers
            .Select(provider => Create(provider, clock, shared))
            .Prepend(new EchoProvider(clock))
            .ToFrozenDictionary(provider => provider.Name, StringComparer.OrdinalIgnoreCase);
        _aliases = settings.Aliases.ToFrozenDictionary(alias => alias.Key, alias => Named(alias.Value), StringComparer.OrdinalIgnoreCase);
        (Default, Warning) = ChooseDefault(settings);
    }

    /// <summary>The providers that are configured; the echo is none of them.</summary>
    public IReadOnlyList<ProviderSettings> Settings { get; }

    /// <summary>The model of a run that names none.</summary>
    public ModelRef Default { get; }

    /// <summary>Something the operator should read in the log at start; null if all is well.</summary>
    public string? Warning { get; }

    /// <summary>The short names, each with the model that it stands for.</summary>
    public IReadOnlyDictionary<string, ModelRef> Aliases => _aliases;

    /// <summary>The models that are configured, and those that providers say they have; the default first.</summary>
    public async Task<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken ct)
    {
        var listed = await Task.WhenAll(_providers.Values.Select(provider => provider.ListAsync(ct).AsTask()));
        return
        [
            .. listed.SelectMany(models => models)
                .Concat(_aliases.Values.Append(Default).Select(Describe))
                .DistinctBy(model => (model.Provider, model.Id))
                .OrderBy(model => new ModelRef(model.Provider, model.Id) == Default ? 0 : 1)
                .ThenBy(model => model.Provider, StringComparer.Ordinal),
        ];
    }

    /// <summary>What is known of a model.</summary>
    public ModelInfo Describe(ModelRef model) =>
        _providers.GetValueOrDefault(model.Provider)?.Models.FirstOrDefault(info => info.Id == model.Name)
        ?? ModelInfo.Of(model.Provider, new ModelConfig { Id = model.Name });

    /// <summary>Finds the model and a client for it; null or blank means the default.</summary>
    /// <exception cref="ProviderException">No such provider, or a model that its provider surely does not have.</exception>
    public ResolvedModel Resolve(string? model)
    {
        var found = Parse(model?.Trim() ?? "");
        return new ResolvedModel(found, CreateClient(found));
    }

    /// <summary>A client for a model.</summary>
    /// <exception cref="ProviderException">No such provider, or a model that its provider surely does not have.</exception>
    public IChatClient CreateClient(ModelRef model) => _providers.TryGetValue(model.Provider, out var provider)
        ? provider.CreateClient(model.Name)
        : throw Unknown(model.Provider);

    /// <summary>Makes vectors of texts with a model.</summary>
    /// <exception cref="ProviderException">No such provider, or one without such models.</exception>
    public IEmbeddingGenerator<string, Embedding<float>> CreateEmbedder(ModelRef model) => _providers.TryGetValue(model.Provider, out var provider)
        ? provider.CreateEmbedder(model.Name)
        : throw Unknown(model.Provider);

    /// <summary>The model that the operator named for an agent; the default where none was named.</summary>
    public ModelRef Configured(string? model) => string.IsNullOrWhiteSpace(model) ? Default : Choose(model.Trim());

    /// <summary>The models to ask: the one that somebody chose, and no other; else those of the agent.</summary>
    /// <exception cref="ProviderException">There is no such model.</exception>
    public IReadOnlyList<ModelRef> ModelsOf(string? chosen, AgentInForce agent) => chosen is null
        ? [.. agent.ModelFallbacks.Select(Configured).Prepend(Configured(agent.Model)).Distinct()]
        : [Resolve(chosen).Ref];

    private static IModelProvider Create(ProviderSettings settings, TimeProvider clock, Lazy<HttpClient> http)
    {
        IModelProvider provider = settings.Api switch
        {
            ProviderApi.AnthropicMessages => new AnthropicProvider(settings, clock, http),
            _ => new OpenAiProvider(settings, clock, http),
        };
        return settings.Name == OllamaProvider.ProviderName ? new OllamaProvider(provider, new OllamaModels(settings, clock, http)) : provider;
    }

    private (ModelRef Default, string? Warning) ChooseDefault(ModelSettings settings)
    {
        if (_first is null)
        {
            return (Echo, settings.Default is null || settings.Default == Echo.ToString()
                ? null
                : $"{ModelSettings.ModelVariable} (agents.defaults.model) is ignored because no model provider is configured; set one in "
                    + "models.providers, or a variable such as OPENAI_API_KEY. The echo model answers.");
        }

        if (settings.Default is { } wanted)
        {
            return (Choose(wanted), null);
        }

        return settings.Providers.FirstOrDefault(provider => provider.DefaultModel is not null) is { } ready
            ? (new ModelRef(ready.Name, ready.DefaultModel!), null)
            : (Echo, $"No model is chosen: set agents.defaults.model, for example to \"{_first.Name}/…\". The echo model answers.");
    }

    /// <summary>What an operator means: an alias, or a model.</summary>
    private ModelRef Choose(string wanted) => _aliases.TryGetValue(wanted, out var meant) ? meant : Named(wanted);

    /// <summary>A model whose provider may be left out, and whose own name may have slashes.</summary>
    private ModelRef Named(string wanted)
    {
        if (_first is null)
        {
            return Echo;
        }

        var slash = wanted.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash + 1 < wanted.Length && _providers.TryGetValue(wanted[..slash], out var provider)
            ? new ModelRef(provider.Name, wanted[(slash + 1)..])
            : new ModelRef(_first.Name, wanted);
    }

    private ModelRef Parse(string wanted)
    {
        if (wanted.Length == 0 || wanted == Default.Name)
        {
            return Default;
        }

        if (wanted.Length > ProviderCatalog.LongestName || wanted.Any(char.IsControl))
        {
            throw NotFound($"The name of the model is longer than {ProviderCatalog.LongestName} characters or contains control characters.");
        }

        if (_aliases.TryGetValue(wanted, out var meant))
        {
            return meant;
        }

        var slash = wanted.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return new ModelRef(Default.Provider, wanted);
        }

        if (!_providers.TryGetValue(wanted[..slash], out var provider))
        {
            throw Unknown(wanted[..slash]);
        }

        return slash + 1 < wanted.Length
            ? new ModelRef(provider.Name, wanted[(slash + 1)..])
            : throw NotFound($"The name of a model is missing after \"{wanted}\".");
    }

    private ProviderException Unknown(string provider) =>
        NotFound($"There is no model provider \"{provider}\"; configured: {string.Join(", ", _providers.Keys.Order(StringComparer.Ordinal))}.");

    private static ProviderException NotFound(string message) => new(new ProviderError(ProviderErrorKind.NotFound, message));
}
