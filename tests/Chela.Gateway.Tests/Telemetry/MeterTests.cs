using System.Text.Json.Nodes;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Hosting;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Docs;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Sessions;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Telemetry;

[Trait("Requirement", "O2")]
public sealed class MeterTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private GatewayParts _parts = null!;
    private MeterTrial _trial = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _parts = await GatewayParts.StartAsync(_folder);
        _parts.Get<Gauges>().Add();
        _trial = new MeterTrial(_parts.Get<GatewayMeter>());
    }

    public async ValueTask DisposeAsync()
    {
        _trial.Dispose();
        await _parts.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void The_page_about_metrics_lists_every_instrument_with_its_unit()
    {
        var instruments = _trial.Instruments
            .OrderBy(instrument => instrument.Name, StringComparer.Ordinal)
            .Select(instrument => (instrument.Name, KindOf(instrument.GetType().Name), instrument.Unit, instrument.Description));

        Assert.Equal(instruments, Page().Select(row => (row[0], row[1], (string?)row[2], (string?)row[4])));
    }

    [Fact]
    public async Task A_message_is_measured_on_its_way_from_the_call_to_the_end_of_its_run()
    {
        await _parts.CallAsync("chat.send", new JsonObject { ["sessionKey"] = "main", ["message"] = "Hello", ["idempotencyKey"] = "one" });
        await _parts.Get<Lanes>().StopAsync(Ct);

        Assert.Equal(
            ["chela.call.duration method=chat.send", "chela.inbox.wait", "chela.lanes.wait", "chela.run.duration status=Done"],
            _trial.Measured.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Calls_are_counted_by_method_and_error_and_unknown_methods_under_one_name()
    {
        await _parts.CallAsync("health", []);
        await _parts.CallAsync("chat.history", new JsonObject { ["sessionKey"] = 5 });
        await _parts.CallAsync("no.such.method", []);

        Assert.Equal(
            [
                "chela.call.duration method=health",
                "chela.call.duration method=chat.history error.type=InvalidParams",
                "chela.call.duration method=unknown error.type=UnknownMethod",
            ],
            _trial.Measured);
    }

    [Fact]
    public void What_is_refused_for_lack_of_room_is_counted_by_what_is_full()
    {
        var limits = new GatewayLimitsConfig { MaxConnections = 1, MaxUnauthenticated = 0 };
        var (lanes, connections) = (_parts.Get<Lanes>(), _parts.Get<ConnectionTable>());
        var message = new InboundMessage("run", SessionKey.Main, "Hello", "webchat", "test", 1);
        while (lanes.Reserve(message, new QueueSettings { Cap = 1, Drop = QueueDrop.New }) == Reservation.Made)
        {
            // Until it is full.
        }

        connections.TryTakePlace(limits);
        connections.TryTakePlace(limits);
        connections.TryEnter(null, limits);

        Assert.Equal(
            ["chela.lanes.refused reason=session", "chela.connections.refused reason=connections", "chela.connections.refused reason=logins"],
            _trial.Measured);
    }

    [Fact]
    public async Task Gauges_tell_what_there_is()
    {
        var message = new InboundMessage("run", SessionKey.Main, "Hello", "webchat", "test", 1);
        _parts.Get<Lanes>().Reserve(message, new QueueSettings());
        await _parts.Get<Inbox>().AcceptAsync(message);
        await _parts.Get<Outbox>().TryEnqueueAsync(new OutboundMessage("out", new ReplyTarget("webhook", "desk", "anna"), "Hello", 1));

        _trial.Look();

        Assert.Equal(
            [(1, "chela.inbox.depth"), (1, "chela.lanes.depth"), (0, "chela.connections"), (1, "chela.outbox.depth"), (0, "chela.outbox.dead"), (0, "chela.runs.active")],
            new[] { "chela.inbox.depth", "chela.lanes.depth", "chela.connections", "chela.outbox.depth", "chela.outbox.dead", "chela.runs.active" }
                .Select(name => ((int)Assert.Single(_trial.ValuesOf(name)), name)));
    }

    private static IReadOnlyList<string[]> Page() => Pages.Table(Pages.Read("docs/operations/metrics.md"), "Instruments");

    private static string KindOf(string type) =>
        type.StartsWith("Observable", StringComparison.Ordinal) ? "gauge" : type.StartsWith("Counter", StringComparison.Ordinal) ? "counter" : "histogram";
}
