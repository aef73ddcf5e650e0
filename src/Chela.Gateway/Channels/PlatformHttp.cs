namespace Chela.Gateway.Channels;

/// <summary>How platforms are asked by HTTP.</summary>
internal static class PlatformHttp
{
    /// <summary>How long a call may take; longer than any platform holds back an answer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>A client for one platform. It follows no redirect: tokens go where the configuration says, and nowhere else.</summary>
    /// <param name="maxAnswerBytes">The longest answer that is read whole.</param>
    public static HttpClient NewClient(int maxAnswerBytes) => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AllowAutoRedirect = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = maxAnswerBytes,
    };

    /// <summary>Asks; what does not answer in time counts as unreachable.</summary>
    /// <exception cref="HttpRequestException">No answer came in time.</exception>
    public static async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> ask, TimeProvider time, CancellationToken ct)
    {
        using var over = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        try
        {
            return await ask(either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new HttpRequestException($"no answer came within {Limit.TotalSeconds} s", e);
        }
    }
}
