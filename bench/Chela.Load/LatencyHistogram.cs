using System.Diagnostics;

namespace Chela.Load;

/// <summary>Counts latencies in buckets of a microsecond, so that a run of any length needs the same memory.</summary>
public sealed class LatencyHistogram
{
    private const int Buckets = 1 << 17;

    private readonly long[] _counts = new long[Buckets];

    /// <summary>How many latencies were counted.</summary>
    public long Total { get; private set; }

    /// <summary>The longest, in microseconds; also when it was beyond the last bucket.</summary>
    public long Max { get; private set; }

    /// <summary>Counts one latency, given in stopwatch ticks.</summary>
    public void Add(long ticks)
    {
        var microseconds = (long)(ticks * 1_000_000.0 / Stopwatch.Frequency);
        _counts[Math.Clamp(microseconds, 0, Buckets - 1)]++;
        Total++;
        Max = Math.Max(Max, microseconds);
    }

    /// <summary>Takes over the counts of another.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            _counts[bucket] += other._counts[bucket];
        }

        Total += other.Total;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The latency, in microseconds, that this share of all stayed within; the last bucket reads as the longest.</summary>
    public long Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(Total * share);
        var seen = 0L;
        for (var bucket = 0; bucket < Buckets - 1; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted)
            {
                return bucket;
            }
        }

        return Max;
    }
}
