namespace Chela.Gateway.Storage;

/// <summary>How far a journal reaches.</summary>
/// <param name="First">The number of the first segment; 0 when there is none.</param>
/// <param name="Last">The number of the segment that is appended to; 0 when there is none.</param>
/// <param name="Length">The length of the last segment.</param>
/// <param name="Bytes">The length of all segments.</param>
/// <param name="Count">The records in all segments.</param>
internal sealed record JournalExtent(int First, int Last, long Length, long Bytes, long Count)
{
    public static JournalExtent Empty { get; } = new(0, 0, 0, 0, 0);

    public JournalExtent Grown(long bytes, long records) =>
        this with { Length = Length + bytes, Bytes = Bytes + bytes, Count = Count + records };

    public JournalExtent Next() =>
        this with { First = First == 0 ? Last + 1 : First, Last = Last + 1, Length = 0 };
}
