using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Chela.Gateway.Telemetry.Prometheus;

/// <summary>What kind of figure an instrument shows, in Prometheus' words.</summary>
internal enum MetricKind
{
    Gauge,
    Counter,
    Histogram,
}

/// <summary>What one instrument has measured, by the values of its tags.</summary>
internal sealed class InstrumentRecord
{
    /// <summary>Series beyond this many are not kept: tags with so many values are a mistake.</summary>
    public const int MostSeries = 1_000;

    private readonly ConcurrentDictionary<SeriesTags, Series> _series = new();
    private readonly bool _isTotal;
    private readonly IReadOnlyList<double> _bounds;

    public InstrumentRecord(Instrument instrument)
    {
        Instrument = instrument;
        var kind = instrument.GetType().GetGenericTypeDefinition();
        Kind = kind == typeof(Histogram<>) ? MetricKind.Histogram
            : kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;
        _isTotal = instrument.IsObservable || kind == typeof(Gauge<>);
        _bounds = Kind == MetricKind.Histogram ? (instrument as Instrument<double>)?.Advice?.HistogramBucketBoundaries ?? [] : [];
    }

    public Instrument Instrument { get; }

    public MetricKind Kind { get; }

    /// <summary>The series, in a fixed order.</summary>
    public IEnumerable<(SeriesTags Tags, Series Series)> Series => _series.OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value));

    /// <summary>A measurement.</summary>
    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = SeriesTags.Of(tags);
        if (!_series.TryGetValue(key, out var series))
        {
            if (_series.Count >= MostSeries)
            {
                return;
            }

            series = _series.GetOrAdd(key, static (_, bounds) => new Series(bounds), _bounds);
        }

        series.Add(value, _isTotal);
    }
}

/// <summary>The tags of a series. No instrument here has more than two.</summary>
internal readonly record struct SeriesTags(string? Name, object? Value, string? OtherName, object? OtherValue)
{
    public static SeriesTags Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length switch
    {
        0 => default,
        1 => new(tags[0].Key, tags[0].Value, null, null),
        _ => new(tags[0].Key, tags[0].Value, tags[1].Key, tags[1].Value),
    };
}

/// <summary>The figures of one series.</summary>
/// <param name="bounds">The upper bounds of a histogram's buckets; none for other instruments.</param>
internal sealed class Series(IReadOnlyList<double> bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds.Count];
    private double _sum;
    private long _count;

    /// <summary>A measurement.</summary>
    /// <param name="value">What was measured.</param>
    /// <param name="isTotal">Whether it takes the place of what was measured before.</param>
    public void Add(double value, bool isTotal)
    {
        lock (_gate)
        {
            _sum = isTotal ? value : _sum + value;
            _count++;
            for (var bucket = _buckets.Length - 1; bucket >= 0 && value <= bounds[bucket]; bucket--)
            {
                _buckets[bucket]++;
            }
        }
    }

    /// <summary>All of it at one moment; the count of a bucket holds those of the smaller ones.</summary>
    public (double Sum, long Count, IReadOnlyList<(double Bound, long Count)> Buckets) Look()
    {
        lock (_gate)
        {
            return (_sum, _count, [.. bounds.Zip(_buckets)]);
        }
    }
}
