using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Agents.Providers.Ollama;

/// <summary>The models that an Ollama has pulled. It is asked when somebody wants to know, at most once in a while, and never waited for long.</summary>
internal sealed class OllamaModels(ProviderSettings settings, TimeProvider clock, Lazy<HttpClient> http)
{
    /// <summary>How long an answer counts, also that there was none.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    /// <summary>How long it may take to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The longest answer that is read, in bytes.</summary>
    public const int LongestAnswer = 1024 * 1024;

    /// <summary>Further models are not listed.</summary>
    public const int MostModels = 1000;

    private readonly Lock _gate = new();
    private Task<IReadOnlyList<string>>? _names;
    private long _askedAt;

    /// <summary>Their names; none where it does not say.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken ct)
    {
        Task<IReadOnlyList<string>> names;
        lock (_gate)
        {
            if (_names is null || (_names.IsCompleted && clock.GetElapsedTime(_askedAt) >= Freshness))
            {
                (_names, _askedAt) = (AskAsync(), clock.GetTimestamp());
            }

            names = _names;
        }

        return await names.WaitAsync(ct);
    }

    private async Task<IReadOnlyList<string>> AskAsync()
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        try
        {
            using var response = await http.Value.SendAsync(Request(), HttpCompletionOption.ResponseHeadersRead, limit.Token);
            response.EnsureSuccessStatusCode();
            await response.Content.LoadIntoBufferAsync(LongestAnswer, limit.Token);
            var body = await response.Content.ReadAsByteArrayAsync(limit.Token);
            var tags = JsonSerializer.Deserialize(body, OllamaJson.Default.OllamaTags);
            return [.. (tags?.Models ?? []).Select(tag => tag?.Name).OfType<string>().Where(IsName).Distinct(StringComparer.Ordinal).Take(MostModels)];
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            return []; // a run with one of its models will say what is wrong
        }
    }

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Address());
        if (settings.ApiKey is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        foreach (var (name, value) in settings.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>Its own interface lies beside the one that others have too.</summary>
    private string Address()
    {
        const string Version = "/v1";
        var address = settings.Endpoint.ToString().TrimEnd('/');
        return (address.EndsWith(Version, StringComparison.Ordinal) ? address[..^Version.Length] : address) + "/api/tags";
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= ProviderCatalog.LongestName && !text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character));
}

/// <summary>The answer of <c>/api/tags</c>, as far as it is read.</summary>
internal sealed record OllamaTags(IReadOnlyList<OllamaTag?>? Models = null);

/// <summary>A model that was pulled.</summary>
internal sealed record OllamaTag(string? Name = null);

/// <summary>JSON types of Ollama's own interface.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OllamaTags))]
internal sealed partial class OllamaJson : JsonSerializerContext;
