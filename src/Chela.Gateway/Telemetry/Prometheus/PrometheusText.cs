using System.Globalization;
using System.Text;

namespace Chela.Gateway.Telemetry.Prometheus;

/// <summary>Writes figures in Prometheus' text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<InstrumentRecord> records)
    {
        var text = new StringBuilder();
        foreach (var record in records)
        {
            Write(text, record);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, InstrumentRecord record)
    {
        var name = NameOf(record);
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {Escape(record.Instrument.Description ?? record.Instrument.Name)}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {KindOf(record.Kind)}\n");
        foreach (var (tags, series) in record.Series)
        {
            var (sum, count, buckets) = series.Look();
            if (record.Kind != MetricKind.Histogram)
            {
                Line(text, name, tags, sum);
                continue;
            }

            foreach (var (bound, inBucket) in buckets)
            {
                Line(text, name + "_bucket", tags, inBucket, Number(bound));
            }

            Line(text, name + "_bucket", tags, count, "+Inf");
            Line(text, name + "_sum", tags, sum);
            Line(text, name + "_count", tags, count);
        }
    }

    private static void Line(StringBuilder text, string name, SeriesTags tags, double value, string? bound = null)
    {
        var labels = new List<string>(3);
        Label(labels, tags.Name, tags.Value);
        Label(labels, tags.OtherName, tags.OtherValue);
        Label(labels, bound is null ? null : "le", bound);
        text.Append(name).Append(labels.Count > 0 ? $"{{{string.Join(',', labels)}}}" : "").Append(' ').Append(Number(value)).Append('\n');
    }

    private static void Label(List<string> labels, string? name, object? value)
    {
        if (name is not null)
        {
            labels.Add($"{Clean(name)}=\"{Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "").Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        }
    }

    /// <summary>
    /// The instrument's name with its unit, as Prometheus wants names: base units in words, <c>_total</c> for what only grows, and <c>_count</c>
    /// for histograms alone.
    /// </summary>
    private static string NameOf(InstrumentRecord record)
    {
        const string Count = "_count";
        var unit = record.Instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var name = Clean(record.Instrument.Name);
        name = name.EndsWith(Count, StringComparison.Ordinal) ? name[..^Count.Length] : name;
        return $"{name}{unit}{(record.Kind == MetricKind.Counter ? "_total" : "")}";
    }

    private static string KindOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };

    private static string Clean(string name) => string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
