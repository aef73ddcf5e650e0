using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.Anthropic;

/// <summary>Anthropic, or any server that speaks its messages.</summary>
/// <remarks>Nothing here names a type of the SDK: its assembly is large, and a gateway that uses it not must not load it.</remarks>
internal sealed class AnthropicProvider(ProviderSettings settings, TimeProvider clock, Lazy<HttpClient> http) : IModelProvider
{
    private readonly Lazy<AnthropicConnection> _connection = new(() => new AnthropicConnection(settings, http.Value, clock));

    public string Name => settings.Name;

    public IReadOnlyList<ModelInfo> Models => settings.Models;

    public IChatClient CreateClient(string model) => _connection.Value.CreateClient(model);
}
