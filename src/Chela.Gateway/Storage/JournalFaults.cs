using System.Collections.Concurrent;

namespace Chela.Gateway.Storage;

/// <summary>Which journals the disk refused lately. One whose next records are taken is well again, and so is one that nobody writes to any more.</summary>
internal sealed class JournalFaults(TimeProvider time)
{
    /// <summary>For how long a refusal counts where no record comes after it.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    /// <summary>Further journals are not named: on a full disk it would be all of them.</summary>
    private const int MostNamed = 100;

    private readonly ConcurrentDictionary<string, Fault> _faults = new(StringComparer.Ordinal);

    /// <summary>The refusals that count now.</summary>
    public IReadOnlyList<string> Reasons
    {
        get
        {
            foreach (var (name, _) in _faults.Where(fault => time.GetElapsedTime(fault.Value.At) >= Remembered))
            {
                _faults.TryRemove(name, out _);
            }

            return [.. _faults.OrderBy(fault => fault.Key, StringComparer.Ordinal).Select(fault => fault.Value.Reason)];
        }
    }

    /// <summary>Notes what became of records. Costs nothing as long as all goes well.</summary>
    /// <param name="name">The journal.</param>
    /// <param name="failure">Why the disk refused them; null where it took them.</param>
    public void Note(string name, JournalWriteException? failure)
    {
        if (failure is null)
        {
            _faults.TryRemove(name, out _);
        }
        else if (_faults.Count < MostNamed || _faults.ContainsKey(name))
        {
            _faults[name] = new Fault(failure.Message, time.GetTimestamp());
        }
    }

    private sealed record Fault(string Reason, long At);
}
