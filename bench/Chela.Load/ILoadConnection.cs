namespace Chela.Load;

/// <summary>One connection of a run.</summary>
internal interface ILoadConnection : IAsyncDisposable
{
    /// <summary>What was measured inside the window.</summary>
    LatencyHistogram Latencies { get; }

    /// <summary>Answers that were errors.</summary>
    long Errors { get; }

    /// <summary>Connects; throws when the other side does not want us.</summary>
    Task OpenAsync();

    /// <summary>Keeps the connection busy until the window ends.</summary>
    Task RunAsync(LoadWindow window);
}
