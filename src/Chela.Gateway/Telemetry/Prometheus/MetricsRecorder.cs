using System.Diagnostics.Metrics;

namespace Chela.Gateway.Telemetry.Prometheus;

/// <summary>Keeps what the gateway's instruments, and those of .NET itself, have measured since it was started, for those who look now and then.</summary>
internal sealed class MetricsRecorder(GatewayMeter meter) : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, InstrumentRecord> _records = new(StringComparer.Ordinal);

    /// <summary>Begins to keep.</summary>
    public void Start()
    {
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<double>((_, value, tags, record) => ((InstrumentRecord)record!).Add(value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, record) => ((InstrumentRecord)record!).Add(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, record) => ((InstrumentRecord)record!).Add(value, tags));
        _listener.Start();
    }

    /// <summary>All instruments by name, with what those show that are asked only now.</summary>
    public IReadOnlyList<InstrumentRecord> Look()
    {
        _listener.RecordObservableInstruments();
        lock (_gate)
        {
            return [.. _records.Values];
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter != meter.Meter && instrument.Meter.Name != GatewayMeter.OfRuntime)
        {
            return; // another gateway of the same process has a meter of its own
        }

        var record = new InstrumentRecord(instrument);
        lock (_gate)
        {
            if (!_records.TryAdd(instrument.Name, record))
            {
                return;
            }
        }

        listener.EnableMeasurementEvents(instrument, record);
    }
}
