using Chela.Gateway.Config;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers;

/// <summary>The providers in force; others take their place when the configuration changes. What is under way keeps the client that it has.</summary>
internal sealed class ProviderCatalog
{
    /// <summary>Longer names are refused: they come from clients and end up in messages and transcripts.</summary>
    public const int LongestName = 256;

    private readonly TimeProvider _clock;
    private readonly Lazy<HttpClient> _http;
    private volatile ProviderTable _now;

    /// <summary>Sets up the providers without connecting to any.</summary>
    /// <param name="settings">What the operator chose.</param>
    /// <param name="clock">Time for delays and for <c>Retry-After</c>.</param>
    /// <param name="http">Gives the shared HTTP client, called at most once and only when a model behind HTTP is first used.</param>
    public ProviderCatalog(ModelSettings settings, TimeProvider clock, Func<HttpClient> http)
    {
        _clock = clock;
        _http = new Lazy<HttpClient>(http);
        _now = new ProviderTable(settings, clock, _http);
    }

    /// <summary>The model of a run that names none.</summary>
    public ModelRef Default => _now.Default;

    /// <summary>Something the operator should read in the log at start; null if all is well.</summary>
    public string? Warning => _now.Warning;

    /// <summary>The short names, each with the model that it stands for.</summary>
    public IReadOnlyDictionary<string, ModelRef> Aliases => _now.Aliases;

    /// <summary>Puts the providers of another configuration in force.</summary>
    public void Replace(ModelSettings next) => _now = new ProviderTable(next, _clock, _http);

    /// <summary>The providers that are configured; the echo is none of them.</summary>
    public IReadOnlyList<ProviderSettings> Settings => _now.Settings;

    /// <summary>Asks a provider for the list of its models, which costs nothing and shows whether it answers and takes the key.</summary>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<HttpResponseMessage> AskForModelsAsync(ProviderSettings provider, CancellationToken ct)
    {
        using var request = provider.RequestForModels();
        return await _http.Value.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    /// <summary>The models that are configured, and those that providers say they have; the default first.</summary>
    public Task<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken ct) => _now.ListModelsAsync(ct);

    /// <summary>What is known of a model.</summary>
    public ModelInfo Describe(ModelRef model) => _now.Describe(model);

    /// <summary>Finds the model and a client for it; null or blank means the default.</summary>
    /// <exception cref="ProviderException">No such provider, or a model that its provider surely does not have.</exception>
    public ResolvedModel Resolve(string? model) => _now.Resolve(model);

    /// <summary>A client for a model.</summary>
    /// <exception cref="ProviderException">No such provider, or a model that its provider surely does not have.</exception>
    public IChatClient CreateClient(ModelRef model) => _now.CreateClient(model);

    /// <summary>Makes vectors of texts with a model.</summary>
    /// <exception cref="ProviderException">No such provider, or one without such models.</exception>
    public IEmbeddingGenerator<string, Embedding<float>> CreateEmbedder(ModelRef model) => _now.CreateEmbedder(model);

    /// <summary>The model that the operator named for an agent; the default where none was named.</summary>
    public ModelRef Configured(string? model) => _now.Configured(model);

    /// <summary>The models to ask: the one that somebody chose, and no other; else those of the agent.</summary>
    /// <exception cref="ProviderException">There is no such model.</exception>
    public IReadOnlyList<ModelRef> ModelsOf(string? chosen, AgentInForce agent) => _now.ModelsOf(chosen, agent);
}
