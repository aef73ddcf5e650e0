namespace Chela.Gateway.Agents.Providers.Anthropic;

/// <summary>
/// Reports an answer with a failure status before the SDK reads it: its exceptions say nothing of <c>Retry-After</c>, and it reads bodies of any
/// length.
/// </summary>
internal sealed class RefusalHandler(ProviderErrors errors, TimeProvider clock) : DelegatingHandler
{
    /// <summary>As much of an error body as is read, in bytes.</summary>
    private const int LongestBody = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var body = new byte[LongestBody];
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var read = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
            var wait = RetryAfter.Read(Header(response, "retry-after-ms"), Header(response, "Retry-After"), clock.GetUtcNow());
            throw errors.Answered((int)response.StatusCode, ProviderErrorBody.Parse(body.AsMemory(0, read)), wait);
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
