using Chela.Gateway.Agents.Providers.OpenAi;

namespace Chela.Gateway.Agents.Providers;

/// <summary>What the operator chose about model providers. Blank text counts as not set, and surrounding white space is dropped.</summary>
internal sealed record ProviderSettings
{
    /// <summary>The environment variable of <see cref="OpenAiApiKey"/>.</summary>
    public const string OpenAiApiKeyVariable = "OPENAI_API_KEY";

    /// <summary>The environment variable of <see cref="OpenAiBaseUrl"/>.</summary>
    public const string OpenAiBaseUrlVariable = "OPENAI_BASE_URL";

    /// <summary>The environment variable of <see cref="Model"/>.</summary>
    public const string ModelVariable = "CHELA_MODEL";

    /// <summary>The credential of the OpenAI-compatible provider; local servers often need none.</summary>
    public string? OpenAiApiKey { get; init => field = NullIfBlank(value); }

    /// <summary>The address of the OpenAI-compatible provider; OpenAI itself if absent.</summary>
    public string? OpenAiBaseUrl { get; init => field = NullIfBlank(value); }

    /// <summary>The default model, <c>provider/model</c> or a model of the configured provider.</summary>
    public string? Model { get; init => field = NullIfBlank(value); }

    /// <summary>Whether there is a provider besides the built-in echo.</summary>
    public bool HasOpenAi => OpenAiApiKey is not null || OpenAiBaseUrl is not null;

    /// <summary>Reads the settings from environment variables.</summary>
    /// <param name="environment">Reads one variable; null where it is not set.</param>
    public static ProviderSettings FromEnvironment(Func<string, string?> environment) => new()
    {
        OpenAiApiKey = environment(OpenAiApiKeyVariable),
        OpenAiBaseUrl = environment(OpenAiBaseUrlVariable),
        Model = environment(ModelVariable),
    };

    /// <summary>What is wrong with the settings, one sentence each; empty if they can be used.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (OpenAiApiKey is { } key && key.Any(character => character is <= ' ' or > '~'))
        {
            problems.Add($"{OpenAiApiKeyVariable} (models.providers.openai.apiKey) contains characters that no API key has (white space, control or non-ASCII).");
        }

        if (OpenAiBaseUrl is { } url && OpenAiEndpoint.TryParse(url) is null)
        {
            problems.Add($"{OpenAiBaseUrlVariable} (models.providers.openai.baseUrl) must be an absolute http or https address without user name, query or fragment.");
        }

        return problems;
    }

    /// <summary>Tells what is set. No value is printed: a record would print the key.</summary>
    public override string ToString() =>
        $"{OpenAiApiKeyVariable} {IsSet(OpenAiApiKey)}, {OpenAiBaseUrlVariable} {IsSet(OpenAiBaseUrl)}, {ModelVariable} {IsSet(Model)}";

    private static string IsSet(string? value) => value is null ? "not set" : "set";

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
