using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.JsonRpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Tests.Connections;

/// <summary>Which clients are told what, and what becomes of those that are too slow.</summary>
[Trait("Requirement", "W7")]
public sealed class ConnectionEventTests : IDisposable
{
    private static readonly OpenClawDialect OpenClaw = new();

    private readonly SocketPair _pair = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly ConnectionTable _table = new(new GatewayMeter());
    private readonly EventBus _events = new();
    private readonly EventFanout _fanout;

    public ConnectionEventTests() => _fanout = new EventFanout(_events, new ConfigStore(ConfigFixture.Load(null)), _clock);

    [Theory]
    [InlineData(OperatorScopes.None, OperatorScopes.None, true)]
    [InlineData(OperatorScopes.None, OperatorScopes.Read, false)]
    [InlineData(OperatorScopes.Read, OperatorScopes.Read, true)]
    [InlineData(OperatorScopes.Write, OperatorScopes.Read, true)]
    [InlineData(OperatorScopes.Read, OperatorScopes.Pairing, false)]
    [InlineData(OperatorScopes.Admin, OperatorScopes.Pairing, true)]
    [Trait("Requirement", "A2")]
    public void A_client_hears_what_its_scopes_let_it_hear(OperatorScopes granted, OperatorScopes required, bool hears)
    {
        using var connection = Connect(OpenClaw, granted);

        Assert.Equal(hears, connection.Stream.Hears(new TrialEvent("news") { Scope = required }));
    }

    [Fact]
    [Trait("Requirement", "A1")]
    public void Before_its_login_a_client_hears_nothing()
    {
        using var connection = Connect(OpenClaw, granted: null);

        Assert.False(connection.Stream.Hears(new TrialEvent("news")));
        Assert.False(connection.Stream.Hears(new TickEvent(1)));
    }

    [Fact]
    public void An_OpenClaw_client_hears_of_every_session_and_a_JSON_RPC_client_of_those_it_follows()
    {
        using var openClaw = Connect(OpenClaw, OperatorScopes.Read);
        using var jsonRpc = Connect(new JsonRpcDialect(), OperatorScopes.Read);
        var ofMain = new TrialEvent("news") { Of = SessionKey.Main };
        var ofOther = new TrialEvent("news") { Of = SessionKey.Of("main", "other") };

        var before = jsonRpc.Stream.Hears(ofMain);
        jsonRpc.Follow(SessionKey.Main);

        Assert.False(before);
        Assert.Equal((true, false), (jsonRpc.Stream.Hears(ofMain), jsonRpc.Stream.Hears(ofOther)));
        Assert.True(openClaw.Stream.Hears(ofMain) && openClaw.Stream.Hears(ofOther));
    }

    [Fact]
    public async Task An_event_reaches_each_client_in_its_own_words_and_is_encoded_once_for_each_dialect()
    {
        using var second = new SocketPair();
        using var third = new SocketPair();
        using var one = Connect(OpenClaw, OperatorScopes.Read);
        using var two = Connect(OpenClaw, OperatorScopes.Read, pair: second);
        using var three = Connect(new JsonRpcDialect(), OperatorScopes.Read, pair: third);
        var news = new TrialEvent("news");

        _events.Publish(news);
        string?[] received = [await _pair.ReceiveAsync(), await second.ReceiveAsync(), await third.ReceiveAsync()];

        Assert.Equal("""{"type":"event","event":"news","payload":{"of":"OpenClaw"},"seq":1}""", received[0]);
        Assert.Equal(received[0], received[1]);
        Assert.Equal("""{"jsonrpc":"2.0","method":"event","params":{"type":"news","of":"JsonRpc","seq":1}}""", received[2]);
        Assert.Equal(2, news.Encodings);
    }

    [Fact]
    public async Task A_slow_client_misses_what_may_be_missed_and_sees_the_gap_in_the_numbers()
    {
        using var connection = Connect(OpenClaw, OperatorScopes.Read, maxBytes: 400);
        var held = _pair.Stream.Hold();
        _events.Publish(new TrialEvent("first"));
        await held;

        for (var n = 0; n < 20; n++)
        {
            _events.Publish(new TrialEvent("delta") { MayBeMissed = true });
        }

        _pair.Stream.Release();
        await connection.Outbound.WhenBelowAsync(1).WaitAsync(TestContext.Current.CancellationToken);
        _events.Publish(new TrialEvent("last"));
        connection.Close(CloseCause.Goodbye);
        var (messages, close) = await _pair.ReceiveAllAsync();

        var numbers = messages.ConvertAll(message => JsonElement.Parse(message).GetProperty("seq").GetInt32());
        Assert.InRange(messages.Count, 3, 10);
        Assert.Equal(22, numbers[^1]);
        Assert.Equal(Enumerable.Range(1, numbers.Count - 1), numbers[..^1]);
        Assert.Equal(1000, close.Code);
    }

    [Fact]
    [Trait("Requirement", "W8")]
    public async Task A_client_too_slow_for_what_must_not_be_missed_is_closed_after_what_it_was_owed()
    {
        using var connection = Connect(OpenClaw, OperatorScopes.Read, maxBytes: 400);
        var held = _pair.Stream.Hold();
        _events.Publish(new TrialEvent("first"));
        await held;

        for (var n = 0; n < 20; n++)
        {
            _events.Publish(new TrialEvent("final"));
        }

        _pair.Stream.Release();
        var (messages, close) = await _pair.ReceiveAllAsync();

        Assert.Equal(new WireClose(1008, "slow consumer"), close);
        Assert.Equal(Enumerable.Range(1, messages.Count), messages.Select(message => JsonElement.Parse(message).GetProperty("seq").GetInt32()));
    }

    [Fact]
    public async Task A_slow_client_slows_no_other()
    {
        using var second = new SocketPair();
        using var slow = Connect(OpenClaw, OperatorScopes.Read, maxBytes: 400);
        using var quick = Connect(OpenClaw, OperatorScopes.Read, pair: second);
        var held = _pair.Stream.Hold();
        _events.Publish(new TrialEvent("first"));
        await held;

        for (var n = 0; n < 50; n++)
        {
            _events.Publish(new TrialEvent("news"));
            Assert.NotNull(await second.ReceiveAsync());
        }

        Assert.True(slow.Outbound.IsClosed);
        Assert.False(quick.Outbound.IsClosed);
    }

    [Theory]
    [InlineData("a reason", "a reason")]
    [InlineData("aé0123456789é0123456789é0123456789é0123456789é0123456789é0123456789é0123456789é0123456789é0123456789é012345678é", 110)]
    [InlineData("a日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本日本", 40)]
    public async Task A_reason_too_long_for_a_close_is_cut_between_characters(string reason, object expected)
    {
        using var connection = Connect(OpenClaw, OperatorScopes.Read);

        connection.Close(1008, reason);
        var (_, close) = await _pair.ReceiveAllAsync();

        Assert.Equal(expected is int length ? reason[..length] : expected, close.Reason);
    }

    public void Dispose() => _pair.Dispose();

    private Connection Connect(
        IWireDialect dialect, OperatorScopes? granted, int maxBytes = 100_000, SocketPair? pair = null)
    {
        var limits = new GatewayLimitsConfig { MaxBufferedBytes = maxBytes };
        _table.TryEnter(null, limits);
        var connection = new Connection((pair ?? _pair).Server, dialect, null, limits, _table.Gate, _clock);
        _table.Add(connection);
        if (granted is { } scopes)
        {
            connection.LogIn(new Caller(connection.Id, CallerRole.Operator, scopes, "cli"));
            _fanout.Join(connection);
        }

        return connection;
    }

    private sealed class TrialEvent(string name) : GatewayEvent
    {
        public override string Name => name;

        public OperatorScopes Scope { get; init; }

        public SessionKey? Of { get; init; }

        public bool MayBeMissed { get; init; }

        public int Encodings { get; private set; }

        public override OperatorScopes RequiredScope => Scope;

        public override SessionKey? Session => Of;

        public override bool DropIfSlow => MayBeMissed;

        public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
        {
            Encodings++;
            writer.WriteString("of"u8, dialect.ToString());
        }
    }
}
