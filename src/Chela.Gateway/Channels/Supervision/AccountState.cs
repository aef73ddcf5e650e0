namespace Chela.Gateway.Channels.Supervision;

/// <summary>How an account of a channel is doing. All times are Unix milliseconds.</summary>
internal sealed record AccountState
{
    /// <summary>True from its start to its stop, also while it waits to connect again.</summary>
    public bool IsRunning { get; init; }

    /// <summary>True once the platform has let it in, until the connection ends.</summary>
    public bool IsConnected { get; init; }

    /// <summary>How often it was connected anew since it was last stable.</summary>
    public int Reconnects { get; init; }

    /// <summary>Why the last connection ended; null while nothing went wrong.</summary>
    public string? Error { get; init; }

    /// <summary>True where the platform refused it for good.</summary>
    public bool IsRefused { get; init; }

    public long? StartedAtMs { get; init; }

    public long? StoppedAtMs { get; init; }

    public long? ConnectedAtMs { get; init; }

    /// <summary>The last sign of life of the connection.</summary>
    public long? HeardAtMs { get; init; }

    public long? InboundAtMs { get; init; }

    public long? OutboundAtMs { get; init; }

    /// <summary>The word for it in <c>channels.status</c> (08-channels § 5).</summary>
    public string Health =>
        IsRefused ? "terminal-disconnect"
        : !IsRunning ? "not-running"
        : IsConnected ? "healthy"
        : Reconnects == 0 ? "startup-connect-grace"
        : "disconnected";
}
