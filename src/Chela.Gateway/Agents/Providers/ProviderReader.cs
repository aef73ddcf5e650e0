using Chela.Gateway.Config;

namespace Chela.Gateway.Agents.Providers;

/// <summary>Puts one provider together from the configuration, the customary variables, and what is known of it.</summary>
/// <param name="name">Its name.</param>
/// <param name="config">What the operator wrote; null where only a variable names it.</param>
/// <param name="environment">Reads one variable.</param>
internal sealed class ProviderReader(string name, ModelProviderConfig? config, Func<string, string?> environment)
{
    private readonly ProviderPreset? _preset = ProviderPreset.Find(name);
    private readonly string _path = $"models.providers.{name}";

    /// <summary>The provider; null where it cannot be used, with the reasons among the problems.</summary>
    public ProviderSettings? Read(List<string> problems)
    {
        var (key, keyName) = Choose(config?.ApiKey, "apiKey", _preset?.KeyVariable);
        var (address, addressName) = Choose(config?.BaseUrl, "baseUrl", _preset?.AddressVariable);
        var before = problems.Count;
        if (key is not null && key.Any(character => character is <= ' ' or > '~'))
        {
            problems.Add($"{keyName} contains characters that no API key has (white space, control or non-ASCII).");
        }

        var api = Api();
        address ??= _preset?.Address;
        var endpoint = address is null ? null : ProviderEndpoint.TryParse(address, api);
        if (endpoint is null)
        {
            problems.Add(address is null
                ? $"{_path}.baseUrl is missing: only well-known providers ({string.Join(", ", ProviderPreset.All.Where(preset => preset.Address is not null).Select(preset => preset.Name))}) have an address of their own."
                : $"{addressName} must be an absolute http or https address without user name, query or fragment.");
        }

        return endpoint is null || problems.Count > before ? null : new ProviderSettings(name, api, endpoint)
        {
            ApiKey = key,
            Headers = config?.Headers ?? new Dictionary<string, string>(),
            Models = Models(),
            DefaultModel = config?.Models is [var first, ..] ? first.Id : _preset?.DefaultModel,
            KeyName = keyName,
            AddressName = addressName,
        };
    }

    private ProviderApi Api() => config?.Api switch
    {
        ModelProviderConfig.OpenAiCompletions => ProviderApi.OpenAiCompletions,
        ModelProviderConfig.OpenAiResponses => ProviderApi.OpenAiResponses,
        ModelProviderConfig.AnthropicMessages => ProviderApi.AnthropicMessages,
        _ => _preset?.Api ?? ProviderApi.OpenAiCompletions,
    };

    /// <summary>The value that counts, and where an operator finds it; where there is none, where he would set it.</summary>
    private (string? Value, string Place) Choose(string? written, string setting, string? variable)
    {
        var path = $"{_path}.{setting}";
        var both = variable is null ? path : $"{variable} ({path})";
        return !string.IsNullOrWhiteSpace(written) ? (written.Trim(), path) : (ModelSettings.Variable(environment, variable), both);
    }

    private IReadOnlyList<ModelInfo> Models() =>
        config?.Models is { Count: > 0 } ? [.. config.Models.Select(model => ModelInfo.Of(name, model))]
        : _preset?.DefaultModel is { } model ? [ModelInfo.Of(name, new ModelConfig { Id = model })]
        : [];
}
