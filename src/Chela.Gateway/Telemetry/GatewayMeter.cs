using System.Diagnostics.Metrics;

namespace Chela.Gateway.Telemetry;

/// <summary>
/// The meter of the gateway, with what is measured when it happens. What can be looked up at any time is no instrument here: whoever knows
/// it adds a gauge. Costs next to nothing while nobody listens.
/// </summary>
internal sealed class GatewayMeter : IDisposable
{
    /// <summary>The name by which listeners ask for it.</summary>
    public const string Name = "Chela";

    /// <summary>The meter of what .NET measures of the process.</summary>
    public const string OfRuntime = "System.Runtime";

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _calls;
    private readonly Histogram<double> _inboxWait;
    private readonly Histogram<double> _lanesWait;
    private readonly Histogram<double> _runs;
    private readonly Histogram<double> _outboxWait;
    private readonly Counter<long> _refusedMessages;
    private readonly Counter<long> _refusedConnections;

    public GatewayMeter()
    {
        _calls = Seconds("chela.call.duration", "From the call of a method to its answer.");
        _inboxWait = Seconds("chela.inbox.wait", "From the acceptance of a message until it is on disk.");
        _lanesWait = Seconds("chela.lanes.wait", "From the arrival of a message to the beginning of its run.");
        _runs = Seconds("chela.run.duration", "From the beginning of a run to its end.");
        _outboxWait = Seconds("chela.outbox.wait", "From an answer for a channel until all of it has arrived there.");
        _refusedMessages = _meter.CreateCounter<long>("chela.lanes.refused", "{message}", "Messages for which there was no room.");
        _refusedConnections = _meter.CreateCounter<long>("chela.connections.refused", "{connection}", "Connections for which there was no room.");
    }

    /// <summary>The meter itself.</summary>
    public Meter Meter => _meter;

    /// <summary>True while somebody wants to know how long calls take.</summary>
    public bool MeasuresCalls => _calls.Enabled;

    /// <summary>A call was answered.</summary>
    /// <param name="method">The method; null for one that does not exist, whatever it was called.</param>
    /// <param name="error">The kind of error; null for success.</param>
    /// <param name="took">How long it took.</param>
    public void Called(string? method, string? error, TimeSpan took)
    {
        var name = KeyValuePair.Create("method", (object?)(method ?? "unknown"));
        if (error is null)
        {
            _calls.Record(took.TotalSeconds, name);
        }
        else
        {
            _calls.Record(took.TotalSeconds, name, KeyValuePair.Create("error.type", (object?)error));
        }
    }

    /// <summary>A message is on disk.</summary>
    public void Accepted(TimeSpan waited) => _inboxWait.Record(waited.TotalSeconds);

    /// <summary>A message had its turn.</summary>
    public void Waited(double waitedMs) => _lanesWait.Record(Math.Max(0, waitedMs / 1000));

    /// <summary>A run ended.</summary>
    public void Ended(string status, double tookMs) => _runs.Record(Math.Max(0, tookMs / 1000), KeyValuePair.Create("status", (object?)status));

    /// <summary>All of a message arrived at its channel.</summary>
    public void Delivered(string channel, double tookMs) =>
        _outboxWait.Record(Math.Max(0, tookMs / 1000), KeyValuePair.Create("channel", (object?)channel));

    /// <summary>A message was refused.</summary>
    /// <param name="where">What is full.</param>
    public void MessageRefused(string where) => _refusedMessages.Add(1, KeyValuePair.Create("reason", (object?)where));

    /// <summary>A connection was refused.</summary>
    /// <param name="what">What there is too much of.</param>
    public void ConnectionRefused(string what) => _refusedConnections.Add(1, KeyValuePair.Create("reason", (object?)what));

    public void Dispose() => _meter.Dispose();

    private Histogram<double> Seconds(string name, string description) => _meter.CreateHistogram(
        name, "s", description, tags: null, new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
        });
}
