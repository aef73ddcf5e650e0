namespace Chela.Gateway.Sessions;

/// <summary>Which part of a transcript is asked for: the newest messages, within bounds.</summary>
internal sealed record HistoryPage
{
    /// <summary>Messages returned when the caller names no limit (03-methods § 5.4).</summary>
    public const int DefaultLimit = 200;

    /// <summary>A longer message is replaced by a note; characters (the protocol's cap is 128 KiB).</summary>
    public const int MaxMessageChars = 128 * 1024;

    /// <summary>All messages of one answer together, bytes (01-wire § 1.1).</summary>
    public const int MaxTotalBytes = 6 * 1024 * 1024;

    public int Limit { get; init; } = DefaultLimit;

    /// <summary>How many of the newest are left out.</summary>
    public int Offset { get; init; }

    public int MaxChars { get; init; } = MaxMessageChars;

    public long MaxBytes { get; init; } = MaxTotalBytes;

    public static HistoryPage Of(ChatHistoryParams parameters) => new()
    {
        Limit = parameters.Limit ?? DefaultLimit,
        Offset = parameters.Offset ?? 0,
        MaxChars = parameters.MaxChars ?? MaxMessageChars,
        MaxBytes = Math.Min(parameters.MaxBytes ?? MaxTotalBytes, MaxTotalBytes),
    };
}
