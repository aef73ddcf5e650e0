using System.Net.Mime;
using Chela.Gateway.Programs;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Agents.Mcp;

/// <summary>Makes the HTTP client of one server.</summary>
internal static class McpHttp
{
    /// <summary>A client that follows no redirect, which would carry its headers elsewhere, keeps no cookies and reads within bounds.</summary>
    public static HttpClient CreateClient(TimeProvider time)
    {
        var connections = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = TraceHeader.Sent,
        };
        return new HttpClient(new Guard(connections, time)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private sealed class Guard(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var isStream = response.Content.Headers.ContentType?.MediaType == MediaTypeNames.Text.EventStream;
            var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var guarded = new StreamContent(new GuardedStream(body, isStream ? GuardedStream.Events : GuardedStream.Whole, time));
            foreach (var (name, values) in response.Content.Headers)
            {
                guarded.Headers.TryAddWithoutValidation(name, values);
            }

            response.Content = guarded;
            return response;
        }
    }
}
