using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Telemetry.Otlp;
using Microsoft.Extensions.Hosting;

namespace Chela.Gateway.Hosting;

/// <summary>Sends traces and figures from the start to the end of the gateway, where that is configured.</summary>
internal sealed class OtlpHost(ConfigStore config) : IHostedService
{
    private OtlpExport? _export;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (config.Current.Config.Diagnostics.Otel is { Enabled: true } otel)
        {
            _export = Begin(otel);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _export?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>A method of its own: what it names is loaded only when it runs.</summary>
    private static OtlpExport Begin(OtelConfig otel) => new(new OtlpSettings(otel.ServiceName, Hello.Version)
    {
        Traces = otel.Traces ? otel.AddressOfTraces() : null,
        Metrics = otel.Metrics ? otel.AddressOfMetrics() : null,
        IsGrpc = otel.Protocol == OtelConfig.Grpc,
        Headers = otel.Headers,
        SampleRate = otel.SampleRate,
        Interval = TimeSpan.FromMilliseconds(otel.FlushIntervalMs),
    });
}
