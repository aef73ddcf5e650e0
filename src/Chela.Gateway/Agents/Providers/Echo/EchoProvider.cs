using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.Echo;

/// <summary>The built-in provider, always there, so that a gateway without any key can be tried out.</summary>
internal sealed class EchoProvider(TimeProvider clock) : IModelProvider
{
    public const string ProviderName = "echo";
    public const string ModelName = "echo";

    public string Name => ProviderName;

    public IReadOnlyList<ModelInfo> Models { get; } = [new(ModelName, "Echo (built in)", ProviderName) { Price = new ModelPrice(0, 0, 0, 0) }];

    public IChatClient CreateClient(string model) => string.Equals(model, ModelName, StringComparison.OrdinalIgnoreCase)
        ? new EchoChatClient(clock)
        : throw new ProviderException(new ProviderError(
            ProviderErrorKind.NotFound,
            $"The echo provider has only the model {ProviderName}/{ModelName}; other models need a provider in models.providers, or a variable such as OPENAI_API_KEY."));
}
