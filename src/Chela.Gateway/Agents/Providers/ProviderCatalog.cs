using System.Collections.Frozen;
using Chela.Gateway.Agents.Providers.Echo;
using Chela.Gateway.Agents.Providers.OpenAi;

namespace Chela.Gateway.Agents.Providers;

/// <summary>The configured providers and the rule that turns the name of a model into a client.</summary>
internal sealed class ProviderCatalog
{
    /// <summary>Longer names are refused: they come from clients and end up in messages and transcripts.</summary>
    public const int LongestName = 256;

    private readonly FrozenDictionary<string, IModelProvider> _providers;
    private readonly bool _hasOpenAi;

    /// <summary>Sets up the providers without connecting to any.</summary>
    /// <param name="settings">What the operator chose.</param>
    /// <param name="clock">Time for delays and for <c>Retry-After</c>.</param>
    /// <param name="http">Gives the shared HTTP client, called at most once and only when a model behind HTTP is first used.</param>
    /// <exception cref="ArgumentException">The settings cannot be used; the message says why.</exception>
    public ProviderCatalog(ProviderSettings settings, TimeProvider clock, Func<HttpClient> http)
    {
        if (settings.Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(' ', problems));
        }

        _hasOpenAi = settings.HasOpenAi;
        (Default, Warning) = ChooseDefault(settings);
        List<IModelProvider> providers = [new EchoProvider(clock)];
        if (settings.HasOpenAi)
        {
            var model = Default.Provider == OpenAiProvider.ProviderName ? Default.Name : OpenAiProvider.DefaultModel;
            providers.Add(new OpenAiProvider(settings, model, clock, http));
        }

        _providers = providers.ToFrozenDictionary(provider => provider.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The model of a run that names none.</summary>
    public ModelRef Default { get; }

    /// <summary>Something the operator should read in the log at start; null if all is well.</summary>
    public string? Warning { get; }

    /// <summary>The models that are really configured, the default first.</summary>
    public IReadOnlyList<ModelInfo> ListModels() =>
        [.. _providers.Values.SelectMany(provider => provider.Models)
            .OrderBy(model => new ModelRef(model.Provider, model.Id) == Default ? 0 : 1)
            .ThenBy(model => model.Provider, StringComparer.Ordinal)];

    /// <summary>Finds the model and a client for it; null or blank means the default.</summary>
    /// <exception cref="ProviderException">No such provider, or a model that its provider surely does not have.</exception>
    public ResolvedModel Resolve(string? model)
    {
        var found = Parse(model?.Trim() ?? "");
        return new ResolvedModel(found, _providers[found.Provider].CreateClient(found.Name));
    }

    /// <summary>The model that the operator named for an agent; the default where none was named.</summary>
    public ModelRef Configured(string? model) => string.IsNullOrWhiteSpace(model) ? Default : Choose(_hasOpenAi, model.Trim());

    private static (ModelRef Default, string? Warning) ChooseDefault(ProviderSettings settings)
    {
        var echo = new ModelRef(EchoProvider.ProviderName, EchoProvider.ModelName);
        if (!settings.HasOpenAi)
        {
            return (echo, settings.Model is null || settings.Model == echo.ToString()
                ? null
                : $"{ProviderSettings.ModelVariable} is ignored because no model provider is configured; set "
                    + $"{ProviderSettings.OpenAiApiKeyVariable} or {ProviderSettings.OpenAiBaseUrlVariable}. The echo model answers.");
        }

        return (Choose(hasOpenAi: true, settings.Model ?? OpenAiProvider.DefaultModel), null);
    }

    private static ModelRef Choose(bool hasOpenAi, string wanted)
    {
        if (!hasOpenAi)
        {
            return new ModelRef(EchoProvider.ProviderName, EchoProvider.ModelName);
        }

        foreach (var known in new[] { EchoProvider.ProviderName, OpenAiProvider.ProviderName })
        {
            if (wanted.Length > known.Length + 1 && wanted.StartsWith(known + "/", StringComparison.OrdinalIgnoreCase))
            {
                return new ModelRef(known, wanted[(known.Length + 1)..]);
            }
        }

        // The operator wrote it, so a first segment that is no provider belongs to the name: meta-llama/llama-3.
        return new ModelRef(OpenAiProvider.ProviderName, wanted);
    }

    private ModelRef Parse(string wanted)
    {
        if (wanted.Length == 0 || wanted == Default.Name)
        {
            return Default;
        }

        if (wanted.Length > LongestName || wanted.Any(char.IsControl))
        {
            throw NotFound($"The name of the model is longer than {LongestName} characters or contains control characters.");
        }

        var slash = wanted.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return new ModelRef(Default.Provider, wanted);
        }

        if (!_providers.TryGetValue(wanted[..slash], out var provider))
        {
            var known = string.Join(", ", _providers.Keys.Order(StringComparer.Ordinal));
            throw NotFound($"There is no model provider \"{wanted[..slash]}\"; configured: {known}.");
        }

        return slash + 1 < wanted.Length
            ? new ModelRef(provider.Name, wanted[(slash + 1)..])
            : throw NotFound($"The name of a model is missing after \"{wanted}\".");
    }

    private static ProviderException NotFound(string message) => new(new ProviderError(ProviderErrorKind.NotFound, message));
}
