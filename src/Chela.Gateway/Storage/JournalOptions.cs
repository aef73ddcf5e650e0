namespace Chela.Gateway.Storage;

/// <summary>The limits of one journal, the hook of its crash tests, and who is told of its faults.</summary>
internal sealed record JournalOptions
{
    public static JournalOptions Default { get; } = new();

    /// <summary>A segment that would pass this is closed and the next one begun. A longer record gets a segment of its own.</summary>
    public long SegmentBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The longest record accepted.</summary>
    public int RecordBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>What may wait for the disk. Beyond it AppendAsync waits its turn and Append refuses; one record always fits.</summary>
    public int PendingBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Null but in trials.</summary>
    public StorageStep? Step { get; init; }

    /// <summary>Told of what the disk refuses; null where nobody wants to know.</summary>
    public JournalFaults? Faults { get; init; }

    /// <summary>The longest line, without its line feed.</summary>
    public int LineBytes => RecordBytes + JournalLine.Overhead - 1;
}
