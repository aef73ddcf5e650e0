using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using Chela.Contracts.Tools;
using Chela.Gateway.Config;

namespace Chela.Gateway.Agents.Tools.Http;

/// <summary>Arguments of <c>http.fetch</c>.</summary>
internal sealed record FetchArguments(
    [property: Description("The address: http:// or https://."), StringLength(4096, MinimumLength = 1)] string Url)
{
    [Description("GET, or HEAD for the headers alone; GET without it."), AllowedValues("GET", "HEAD")]
    public string? Method { get; init; }
}

/// <summary>JSON types of the tool. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FetchArguments))]
internal sealed partial class HttpFetchJson : JsonSerializerContext;

/// <summary>The tool that fetches pages. It goes to public hosts only, and each redirect is checked like the first address.</summary>
internal sealed class HttpFetch : IDisposable
{
    /// <summary>How many redirects are followed.</summary>
    public const int MaxRedirects = 5;

    private readonly Func<HttpToolConfig> _settings;
    private readonly HttpClient _client;

    public HttpFetch(GuardedConnect connect, Func<HttpToolConfig> settings)
    {
        _settings = settings;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = connect.ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(10),

            // A proxy would be connected to in the place of the host, and resolve its name unchecked.
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null, // a page that an agent reads is told of no trace
            AutomaticDecompression = DecompressionMethods.All,

            // What was allowed for one call is not allowed for the next.
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseDrainSize = 0,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // the tool's own ends the call
        };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("chela");
        _client.DefaultRequestHeaders.Accept.ParseAdd("text/html, text/*;q=0.9, application/json;q=0.9, */*;q=0.1");
        Tool = new Tool<FetchArguments>("http.fetch", "Fetches a page or a text from the internet.", HttpFetchJson.Default.FetchArguments, FetchAsync)
        {
            Risk = ToolRisk.Medium,
            HasSideEffects = false,
        };
    }

    /// <summary>What models are offered.</summary>
    public ITool Tool { get; }

    public void Dispose() => _client.Dispose();

    private async Task<ToolResult> FetchAsync(FetchArguments arguments, ToolContext context, CancellationToken ct)
    {
        var (method, address) = (new HttpMethod(arguments.Method ?? "GET"), Check(arguments.Url, null));
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var response = await SendAsync(new HttpRequestMessage(method, address), ct);
            if (response.Headers.Location is not { } next || (int)response.StatusCode is not (301 or 302 or 303 or 307 or 308))
            {
                return await FetchedPage.ReadAsync(response, address, method == HttpMethod.Head, ct);
            }

            address = Check(next.OriginalString, address);
        }

        throw new ToolRefusal(string.Create(CultureInfo.InvariantCulture, $"The address redirects more than {MaxRedirects} times."));
    }

    /// <summary>The address that a text means; refuses one that may not be fetched. Where it leads is checked when the connection is made.</summary>
    private Uri Check(string text, Uri? from)
    {
        if (!(from is null ? Uri.TryCreate(text, UriKind.Absolute, out var address) : Uri.TryCreate(from, text, out address))
            || address.Scheme is not ("http" or "https")
            || address.Host.Length == 0)
        {
            throw new ToolRefusal("Only addresses that begin with http:// or https:// can be fetched.");
        }

        if (address.UserInfo.Length > 0)
        {
            throw new ToolRefusal("An address with a user name or password in it is not fetched.");
        }

        return _settings().AllowedHosts is not { } allowed || allowed.Any(pattern => Matches(pattern, address.IdnHost))
            ? address
            : throw new ToolRefusal($"The host {Schema.JsonText.Show(address.Host)} is none of those that may be fetched from (tools.http.allowedHosts).");
    }

    private static bool Matches(string pattern, string host) => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(pattern, StringComparison.OrdinalIgnoreCase);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using (request)
        {
            try
            {
                return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            }
            catch (HttpRequestException e) when (e.InnerException is ToolRefusal refused)
            {
                throw refused;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new ToolRefusal($"The host {Schema.JsonText.Show(request.RequestUri!.Host)} could not be reached in time.");
            }
            catch (HttpRequestException e)
            {
                throw new ToolRefusal($"The host {Schema.JsonText.Show(request.RequestUri!.Host)} could not be asked: {e.HttpRequestError}.");
            }
        }
    }
}
