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

    private Part? _present;

    /// <summary>A journal that has become so long is followed by another one.</summary>
    public long PartBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The journal to write to, and the number of the next entry as far as the files tell.</summary>
    public async Task<long> OpenAsync(Func<ReadOnlyMemory<byte>, long> sequenceOf, CancellationToken ct)
    {
        var first = Parts().LastOrDefault(1);
        try
        {
            return await Begin(first).ReadTailAsync(1, int.MaxValue, ct) is [var last] ? sequenceOf(last) + 1 : first;
        }
        catch (JournalCorruptException)
        {
            var next = first + PartBytes; // more than it can hold
            Begin(next);
            return next;
        }
    }

    /// <summary>The journal for the entry of this number.</summary>
    public Journal For(long sequence)
    {
        if (_present is { } present && present.Journal.Bytes < PartBytes)
        {
            return present.Journal;
        }

        var next = Begin(sequence);
        RemoveOld();
        return next;
    }

    /// <summary>The entries of each journal in their order, the latest journal first.</summary>
    public IEnumerable<IAsyncEnumerable<ReadOnlyMemory<byte>>> Read(CancellationToken ct)
    {
        var present = Volatile.Read(ref _present);
        return from first in Parts().Reverse()
               select first == present?.First ? present.Journal.ReadAsync(ct) : JournalReader.ReadAsync(directory, NameOf(first), ct);
    }

    private Journal Begin(long first)
    {
        var journal = journals.Open(directory, NameOf(first));
        Volatile.Write(ref _present, new Part(first, journal));
        return journal;
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

    /// <summary>The journal that is written to.</summary>
    /// <param name="First">The number of its first entry.</param>
    private sealed record Part(long First, Journal Journal);
}
