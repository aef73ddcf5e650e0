using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Telemetry.Prometheus;

namespace Chela.Gateway.Hosting;

/// <summary>What there is of everything, asked whenever somebody wants to know. Added once what it asks has been read from the disk; from then on figures are kept for Prometheus, where it may have them.</summary>
internal sealed class Gauges(
    GatewayMeter meter, ConnectionTable connections, Lanes lanes, Inbox inbox, Outbox outbox, MetricsRecorder recorder, ConfigStore config)
{
    public void Add()
    {
        if (config.Current.Config.Diagnostics.Prometheus.Token is not null)
        {
            recorder.Start();
        }

        Gauge("chela.connections", () => connections.Places.Count, "{connection}", "WebSockets that are open, also those that have not logged in.");
        Gauge("chela.lanes.depth", () => lanes.Depth, "{message}", "Messages and changes of sessions that run or wait.");
        Gauge("chela.runs.active", () => lanes.Running.Count, "{run}", "Runs that are under way.");
        Gauge("chela.inbox.depth", () => inbox.Depth, "{message}", "Messages that were accepted and whose run has not ended.");
        Gauge("chela.outbox.depth", () => outbox.Depth, "{message}", "Answers on their way to channels.");
        Gauge("chela.outbox.dead", () => outbox.Dead, "{message}", "Answers that could not be delivered and were given up.");
    }

    private void Gauge(string name, Func<int> look, string unit, string description) =>
        meter.Meter.CreateObservableGauge(name, look, unit, description);
}
