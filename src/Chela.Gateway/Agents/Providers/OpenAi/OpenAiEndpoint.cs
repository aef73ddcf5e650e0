namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>Reads the address of an OpenAI-compatible server as people write it.</summary>
internal static class OpenAiEndpoint
{
    /// <summary>OpenAI itself.</summary>
    public static Uri Default { get; } = new("https://api.openai.com/v1");

    /// <summary>
    /// The address below which <c>/chat/completions</c> lies; null if the text is no usable address. A bare host gets
    /// <c>/v1</c>; any path is kept as given, because not every server uses that one.
    /// </summary>
    public static Uri? TryParse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return null;
        }

        var path = uri.AbsolutePath.TrimEnd('/');
        return new Uri(uri.GetLeftPart(UriPartial.Authority) + (path.Length == 0 ? "/v1" : path));
    }

    /// <summary>
    /// Whether the server wants <c>max_completion_tokens</c>: OpenAI's newer models refuse <c>max_tokens</c>, while many
    /// compatible servers know nothing else.
    /// </summary>
    public static bool LimitsCompletionTokens(Uri endpoint) =>
        endpoint.Host == Default.Host || endpoint.Host.EndsWith(".openai.azure.com", StringComparison.OrdinalIgnoreCase);
}
