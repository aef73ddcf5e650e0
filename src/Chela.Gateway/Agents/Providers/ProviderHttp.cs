using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Agents.Providers;

/// <summary>Makes the HTTP client that all providers of a gateway share.</summary>
internal static class ProviderHttp
{
    /// <summary>
    /// A client whose connections are pooled, and renewed so that a change of DNS is noticed. The caller disposes it at shutdown.
    /// </summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),

        // After a complete reply only a few bytes are left to read before the connection can be used again. After an aborted
        // one the connection must go, because a model keeps generating, at a price, while somebody listens.
        ResponseDrainTimeout = TimeSpan.FromMilliseconds(250),

        // A provider has no reason to redirect a POST; following one would send the conversation somewhere unasked.
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = TraceHeader.Sent,
    })
    {
        // The providers bound the silence between bytes; a bound on the whole call would cut long answers.
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
