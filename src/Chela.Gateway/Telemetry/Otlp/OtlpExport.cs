using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Chela.Gateway.Telemetry.Otlp;

/// <summary>
/// Sends traces and figures to a collector (OTLP). The only type that names OpenTelemetry: while nobody makes one, nothing of it is loaded. What
/// cannot be sent is dropped; the gateway never waits for it.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    /// <summary>How long the end of the gateway waits for the last spans to arrive.</summary>
    private const int LastWordsMs = 2_000;

    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    public OtlpExport(OtlpSettings settings)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(settings.Service, serviceVersion: settings.Version);
        _traces = settings.Traces is { } traces ? SendTraces(settings, traces, resource) : null;
        _metrics = settings.Metrics is { } metrics ? SendMetrics(settings, metrics, resource) : null;
    }

    public void Dispose()
    {
        Parallel.Invoke(() => _traces?.Shutdown(LastWordsMs), () => _metrics?.Shutdown(LastWordsMs));
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static TracerProvider SendTraces(OtlpSettings settings, Uri address, ResourceBuilder resource) => Sdk.CreateTracerProviderBuilder()
        .SetResourceBuilder(resource)
        .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.SampleRate)))
        .AddSource(Traces.Name)
        .AddOtlpExporter(exporter =>
        {
            Apply(settings, address, exporter);
            exporter.BatchExportProcessorOptions.ScheduledDelayMilliseconds = (int)settings.Interval.TotalMilliseconds;
        })
        .Build();

    private static MeterProvider SendMetrics(OtlpSettings settings, Uri address, ResourceBuilder resource) => Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(resource)
        .AddMeter(GatewayMeter.Name, GatewayMeter.OfRuntime)
        .AddOtlpExporter((exporter, reader) =>
        {
            Apply(settings, address, exporter);
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)settings.Interval.TotalMilliseconds;
        })
        .Build();

    private static void Apply(OtlpSettings settings, Uri address, OtlpExporterOptions exporter)
    {
        exporter.Endpoint = address;
        exporter.Protocol = settings.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Headers = string.Join(',', settings.Headers.Select(header => $"{header.Key}={Uri.EscapeDataString(header.Value)}"));
    }
}
