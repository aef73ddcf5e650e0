namespace Chela.Gateway.Agents.Providers;

/// <summary>One provider as it is in force.</summary>
/// <param name="Name">The first segment of its models' names.</param>
/// <param name="Api">What it speaks.</param>
/// <param name="Endpoint">The address below which its interface lies.</param>
internal sealed record ProviderSettings(string Name, ProviderApi Api, Uri Endpoint)
{
    /// <summary>The credential; local servers often want none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>What every request carries besides.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The models that are listed.</summary>
    public IReadOnlyList<ModelInfo> Models { get; init; } = [];

    /// <summary>The model of an operator who names none.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>What an operator is told to check when the credential is refused.</summary>
    public required string KeyName { get; init; }

    /// <summary>The same when the provider cannot be reached.</summary>
    public required string AddressName { get; init; }

    /// <summary>The sentences for the failures of this provider.</summary>
    public ProviderErrors Errors => new(KeyName, AddressName);

    /// <summary>Everything that no log may show.</summary>
    public IEnumerable<string> Secrets => ApiKey is null ? Headers.Values : Headers.Values.Prepend(ApiKey);

    /// <summary>What asks it for the list of its models. Costs nothing; shows whether it answers, and takes the key.</summary>
    public HttpRequestMessage RequestForModels()
    {
        var isMessages = Api == ProviderApi.AnthropicMessages;
        var request = new HttpRequestMessage(HttpMethod.Get, $"{Endpoint.AbsoluteUri.TrimEnd('/')}{(isMessages ? "/v1/models" : "/models")}");
        (string Name, string Value)[] headers =
        [
            .. isMessages ? [("anthropic-version", "2023-06-01")] : Array.Empty<(string, string)>(),
            .. ApiKey is { } key ? [isMessages ? ("x-api-key", key) : ("Authorization", $"Bearer {key}")] : Array.Empty<(string, string)>(),
            .. Headers.Select(header => (header.Key, header.Value)),
        ];
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>Never prints the credential, nor an address that may hold one.</summary>
    public override string ToString() => Name;
}
