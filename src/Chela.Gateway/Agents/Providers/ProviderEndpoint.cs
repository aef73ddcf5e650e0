namespace Chela.Gateway.Agents.Providers;

/// <summary>Reads the address of a provider as people write it.</summary>
internal static class ProviderEndpoint
{
    private const string AzureHost = ".openai.azure.com";

    /// <summary>
    /// The address below which <c>/chat/completions</c>, <c>/responses</c> or <c>/v1/messages</c> lies; null if the text is no usable address. A bare
    /// host that does not speak messages gets <c>/v1</c>, one of Azure <c>/openai/v1</c>; any path is kept as given, because not every server uses that one.
    /// </summary>
    public static Uri? TryParse(string text, ProviderApi api)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return null;
        }

        var path = uri.AbsolutePath.TrimEnd('/');
        var rest = api == ProviderApi.AnthropicMessages ? WithoutVersion(path)
            : path.Length > 0 ? path
            : IsAzure(uri) ? "/openai/v1"
            : "/v1";
        return new Uri(uri.GetLeftPart(UriPartial.Authority) + rest);
    }

    /// <summary>
    /// Whether the server wants <c>max_completion_tokens</c>: OpenAI's newer models refuse <c>max_tokens</c>, while many
    /// compatible servers know nothing else.
    /// </summary>
    public static bool LimitsCompletionTokens(Uri endpoint) => endpoint.Host == "api.openai.com" || IsAzure(endpoint);

    private static bool IsAzure(Uri endpoint) => endpoint.Host.EndsWith(AzureHost, StringComparison.OrdinalIgnoreCase);

    // The SDK adds the version itself.
    private static string WithoutVersion(string path) => path.EndsWith("/v1", StringComparison.Ordinal) ? path[..^3] : path;
}
