using System.Text.Json;
using Chela.Gateway.Config;

namespace Chela.Gateway.Access.Oidc;

/// <summary>Fetches what the identity provider publishes: its description, and through that its keys. Bounded in time and size.</summary>
internal sealed class ProviderDocuments : IDisposable
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxKeys = 100;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Made with the first token: most gateways never see one.</summary>
    private readonly Lazy<HttpClient> _http = new(Connect);

    /// <summary>The keys that the provider signs with.</summary>
    /// <exception cref="InvalidDataException">They cannot be had; the message says why.</exception>
    public async Task<IReadOnlyList<JsonWebKey>> ReadKeysAsync(string issuer, CancellationToken ct)
    {
        var description = await ReadAsync($"{issuer.TrimEnd('/')}/.well-known/openid-configuration", ct);
        if (Jwt.Text(description, "issuer") != issuer)
        {
            throw new InvalidDataException($"the document of {issuer} says that it is another's");
        }

        var address = Jwt.Text(description, "jwks_uri") ?? throw new InvalidDataException($"the document of {issuer} names no jwks_uri");
        var keys = JsonWebKey.ReadSet(await ReadAsync(address, ct), MaxKeys);
        return keys.Count > 0 ? keys : throw new InvalidDataException($"{address} holds no key that can be used");
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    private static HttpClient Connect() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // a redirect could lead anywhere, also into this network
        UseCookies = false,
        ActivityHeadersPropagator = null, // a trace is none of its business
        ConnectTimeout = Limit,
        MaxResponseHeadersLength = 16,
    })
    {
        Timeout = Limit,
        MaxResponseContentBufferSize = MaxBytes,
    };

    private async Task<JsonElement> ReadAsync(string address, CancellationToken ct)
    {
        if (!IssuerRule.IsTrusted(address, out var uri))
        {
            throw new InvalidDataException($"{address} is no https:// address");
        }

        try
        {
            return Jwt.ParseObject(await _http.Value.GetByteArrayAsync(uri, ct));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            throw new InvalidDataException($"{address} cannot be read: {e.Message}", e);
        }
    }
}
