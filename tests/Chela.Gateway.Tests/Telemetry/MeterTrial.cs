using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Tests.Telemetry;

/// <summary>Listens to the meter of one gateway, as an exporter does.</summary>
internal sealed class MeterTrial : IDisposable
{
    private readonly ConcurrentQueue<Instrument> _instruments = new();
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly MeterListener _listener = new();

    public MeterTrial(GatewayMeter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter.Meter)
            {
                _instruments.Enqueue(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All instruments of the meter.</summary>
    public IReadOnlyList<Instrument> Instruments => [.. _instruments];

    /// <summary>What was measured, without the values, which the clock decides: <c>name tag=value</c>, in order.</summary>
    public IReadOnlyList<string> Measured => [.. _measured.Select(one => one.ToString())];

    /// <summary>What an instrument measured.</summary>
    public IReadOnlyList<double> ValuesOf(string name) => [.. _measured.Where(one => one.Name == name).Select(one => one.Value)];

    /// <summary>Looks at the gauges.</summary>
    public void Look() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue(new Measured(instrument.Name, value, [.. tags]));
}

/// <summary>One measurement.</summary>
internal sealed record Measured(string Name, double Value, IReadOnlyList<KeyValuePair<string, object?>> Tags)
{
    public override string ToString() => string.Join(' ', Tags.Select(tag => $"{tag.Key}={tag.Value}").Prepend(Name));
}
