using System.Net.WebSockets;
using Chela.Contracts.Access;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.JsonRpc;
using Chela.Gateway.Wire.OpenClaw;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Connections;

[Trait("Requirement", "W8")]
public sealed class SweeperTests : IDisposable
{
    private readonly SocketPair _pair = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly ConnectionTable _table = new(new GatewayMeter());
    private readonly EventBus _events = new();
    private readonly List<TickEvent> _ticks = [];
    private readonly Sweeper _sweeper;

    public SweeperTests()
    {
        _events.Subscribe(happened => _ticks.Add((TickEvent)happened));
        var config = new ConfigStore(ConfigFixture.Load("""{"gateway":{"tickIntervalMs":30000}}"""));
        _sweeper = new Sweeper(_table, new EventFanout(new EventBus(), config, _clock), config, _events, new BackgroundLoops(_clock, new Random(1), NullLogger<BackgroundLoops>.Instance), _clock);
    }

    [Fact]
    [Trait("Requirement", "A1")]
    public async Task A_client_that_does_not_log_in_is_closed_when_its_time_is_over()
    {
        using var second = new SocketPair();
        using var openClaw = Connect(new OpenClawDialect(), _pair, isLoggedIn: false);
        using var jsonRpc = Connect(new JsonRpcDialect(), second, isLoggedIn: false);

        _clock.Advance(TimeSpan.FromSeconds(15));
        _sweeper.Sweep();
        var isEarly = openClaw.Outbound.IsClosed || jsonRpc.Outbound.IsClosed;
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _sweeper.Sweep();

        Assert.False(isEarly);
        Assert.Equal(new WireClose(1000, ""), (await _pair.ReceiveAllAsync()).Close);
        Assert.Equal(new WireClose(1008, "authentication timeout"), (await second.ReceiveAllAsync()).Close);
    }

    [Fact]
    public void A_client_that_logged_in_may_be_silent_for_ever()
    {
        using var connection = Connect(new OpenClawDialect(), _pair);

        _clock.Advance(TimeSpan.FromDays(30));
        _sweeper.Sweep();

        Assert.False(connection.Outbound.IsClosed);
        Assert.Equal(WebSocketState.Open, _pair.Server.Socket.State);
    }

    [Fact]
    [Trait("Requirement", "A1")]
    public async Task A_client_is_closed_when_its_credential_has_ended()
    {
        using var connection = Connect(new OpenClawDialect(), _pair);
        connection.LogIn(connection.Caller with { ValidUntil = _clock.GetUtcNow().AddMinutes(5) });

        _clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        _sweeper.Sweep();
        var isEarly = connection.Outbound.IsClosed;
        _clock.Advance(TimeSpan.FromTicks(1));
        _sweeper.Sweep();

        Assert.False(isEarly);
        Assert.Equal(new WireClose(4001, "credential expired"), (await _pair.ReceiveAllAsync()).Close);
    }

    [Theory]
    [InlineData(25.0, WebSocketState.Open)]
    [InlineData(25.1, WebSocketState.Aborted)]
    public async Task A_client_that_does_not_read_is_cut_off(double seconds, WebSocketState state)
    {
        using var connection = Connect(new OpenClawDialect(), _pair);
        var held = _pair.Stream.Hold();
        var (rented, length) = SocketPair.Frame("news");
        connection.Outbound.TryAdd(rented, length);
        connection.Outbound.Send();
        await held;

        _clock.Advance(TimeSpan.FromSeconds(seconds));
        _sweeper.Sweep();

        Assert.Equal(state, _pair.Server.Socket.State);
    }

    [Theory]
    [InlineData(1.0, false)]
    [InlineData(1.1, true)]
    public void A_client_that_does_not_answer_a_goodbye_is_cut_off(double seconds, bool isCutOff)
    {
        using var connection = Connect(new OpenClawDialect(), _pair);
        connection.Close(CloseCause.Stopping);

        _clock.Advance(TimeSpan.FromSeconds(seconds));
        _sweeper.Sweep();

        Assert.Equal(isCutOff, _pair.Server.Socket.State == WebSocketState.Aborted);
    }

    [Fact]
    public void Saying_goodbye_again_does_not_give_more_time()
    {
        using var connection = Connect(new OpenClawDialect(), _pair);
        connection.Close(CloseCause.Stopping);
        _clock.Advance(TimeSpan.FromSeconds(0.8));

        connection.Close(CloseCause.Goodbye);
        _clock.Advance(TimeSpan.FromSeconds(0.8));
        _sweeper.Sweep();

        Assert.Equal(WebSocketState.Aborted, _pair.Server.Socket.State);
    }

    [Fact]
    public void A_sign_of_life_is_published_once_in_each_interval()
    {
        var start = _clock.NowMs;

        for (var second = 0; second < 95; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _sweeper.Sweep();
        }

        Assert.Equal(3, _ticks.Count);
        var payloads = _ticks.ConvertAll(tick => GatewayParts.PayloadOf(tick).GetProperty("ts").GetInt64() - start);
        Assert.Equal([30_000, 60_000, 90_000], payloads);
    }

    [Fact]
    public async Task The_sweep_is_done_every_second()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _events.Subscribe(_ => told.TrySetResult());
        await _sweeper.StartAsync(TestContext.Current.CancellationToken);
        await _clock.WhenTimerAsync(TimeSpan.FromSeconds(1));

        _clock.Advance(TimeSpan.FromSeconds(30));
        await told.Task.WaitAsync(TestContext.Current.CancellationToken);
        await _sweeper.StopAsync(TestContext.Current.CancellationToken);

        Assert.Single(_ticks);
    }

    public void Dispose()
    {
        _sweeper.Dispose();
        _pair.Dispose();
    }

    private Connection Connect(IWireDialect dialect, SocketPair pair, bool isLoggedIn = true)
    {
        var limits = new GatewayLimitsConfig { HandshakeTimeoutMs = 15_000 };
        _table.TryEnter(null, limits);
        var connection = new Connection(pair.Server, dialect, null, limits, _table.Gate, _clock);
        _table.Add(connection);
        if (isLoggedIn)
        {
            connection.LogIn(new Caller(connection.Id, CallerRole.Operator, OperatorScopes.Admin, "cli"));
        }

        return connection;
    }
}
