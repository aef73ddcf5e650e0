using System.Globalization;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Logs.Audit;

/// <summary>
/// The journals of the audit: one after the other, each named after the number of its first entry, the oldest removed when there are too many. A
/// damaged one is left where it is, and another one begun.
/// </summary>
internal sealed class AuditFiles(string directory, Journals journals)
{
    /// <summary>How many are kept: 128 MiB, about four hundred thousand deeds.</summary>
    public const int MaxParts = 32;

    private Journal? _journal;
    private long _first;

    /// <summary>A journal that has become so long is followed by another one.</summary>
    public long PartBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The journal to write to, and the number of the next entry as far as the files tell.</summary>
    public async Task<long> OpenAsync(Func<ReadOnlyMemory<byte>, long> sequenceOf, CancellationToken ct)
    {
        _first = Parts().LastOrDefault(1);
        try
        {
            _journal = journals.Open(directory, NameOf(_first));
            return await _journal.ReadTailAsync(1, int.MaxValue, ct) is [var last] ? sequenceOf(last) + 1 : _first;
        }
        catch (JournalCorruptException)
        {
            var next = _first + PartBytes; // more than it can hold
            Begin(next);
            return next;
        }
    }

    /// <summary>The journal for the entry of this number.</summary>
    public Journal For(long sequence)
    {
        if (_journal is null || _journal.Bytes >= PartBytes)
        {
            Begin(sequence);
            RemoveOld();
        }

        return _journal!;
    }

    /// <summary>The entries of each journal in their order, the latest journal first.</summary>
    public IEnumerable<IAsyncEnumerable<ReadOnlyMemory<byte>>> Read(CancellationToken ct) =>
        from part in Parts().Reverse()
        select part == _first && _journal is { } present ? present.ReadAsync(ct) : JournalReader.ReadAsync(directory, NameOf(part), ct);

    private void Begin(long first)
    {
        _journal = journals.Open(directory, NameOf(first));
        _first = first;
    }

    private void RemoveOld()
    {
        try
        {
            // The present one has no file yet.
            foreach (var file in Parts().SkipLast(MaxParts - 1).SelectMany(part => Directory.EnumerateFiles(directory, NameOf(part) + ".*")))
            {
                File.Delete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They go with the next one.
        }
    }

    private IReadOnlyList<long> Parts() => !Directory.Exists(directory) ? [] :
    [
        .. Directory.EnumerateFiles(directory, "*.jsonl")
            .Select(file => long.TryParse(Path.GetFileName(file).Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) ? first : 0)
            .Where(first => first > 0)
            .Distinct()
            .Order(),
    ];

    private static string NameOf(long first) => first.ToString("d15", CultureInfo.InvariantCulture);
}
