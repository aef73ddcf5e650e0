using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Rpc;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.JsonRpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Tests.Connections;

/// <summary>A client that lost its connection goes on with its events where it was, or is told that they are lost.</summary>
[Trait("Requirement", "W7")]
public sealed class ResumeTests : IDisposable
{
    private static readonly OpenClawDialect OpenClaw = new();
    private static readonly JsonRpcDialect JsonRpc = new();

    private readonly List<IDisposable> _toDispose = [];
    private readonly ManualTimeProvider _clock = new();
    private readonly EventBus _events = new();
    private readonly NetworkGate _gate = new();
    private EventFanout _fanout;

    public ResumeTests() => _fanout = New(null);

    [Fact]
    public async Task What_was_missed_comes_in_order_with_the_numbers_that_go_on()
    {
        var (first, _) = Connect(resumable: true);
        Publish(1, 3);
        await first.ReceiveAsync(3);
        first.Cut();
        Publish(4, 6);

        var (second, refusal) = Resume(first.Epoch, seq: 2);
        Publish(7, 8);

        Assert.Null(refusal);
        Assert.Equal(["3:n3", "4:n4", "5:n5", "6:n6", "7:n7", "8:n8"], await second.ReceiveAsync(6));
    }

    [Fact]
    public async Task A_client_that_may_have_come_back_hears_nothing_before_it_has_said_so()
    {
        var (first, _) = Connect(resumable: true);
        first.Cut();
        Publish(1, 1);
        var (second, _) = Connect();
        Publish(2, 2);

        _fanout.Resume(second.Connection, first.Epoch, 0);
        Publish(3, 3);
        _fanout.Release(second.Connection);

        Assert.Equal(["1:n1", "2:n2", "3:n3"], await second.ReceiveAsync(3));
    }

    [Fact]
    public async Task One_that_calls_something_else_or_nothing_for_a_second_hears_what_was_kept_back()
    {
        var (first, _) = Connect(resumable: true);
        first.Cut();
        var (second, _) = Connect();
        Publish(1, 2);
        var (third, _) = Connect();
        Publish(3, 3);

        _fanout.Release(second.Connection);
        _clock.Advance(TimeSpan.FromSeconds(1.1));
        _fanout.Sweep();

        Assert.Equal(["1:n1", "2:n2", "3:n3"], await second.ReceiveAsync(3));
        Assert.Equal(["1:n3"], await third.ReceiveAsync(1));
    }

    [Fact]
    public async Task A_connection_that_is_dead_and_does_not_know_it_gives_way()
    {
        var (first, _) = Connect(resumable: true);
        Publish(1, 2);
        await first.ReceiveAsync(1);

        var (second, _) = Connect();
        Publish(3, 3);
        var refusal = _fanout.Resume(second.Connection, first.Epoch, 1);
        _fanout.Release(second.Connection);
        _fanout.Leave(first.Connection);
        Publish(4, 4);

        Assert.Null(refusal);
        Assert.True(first.Connection.Outbound.IsClosed);
        Assert.Equal(["2:n2", "3:n3", "4:n4"], await second.ReceiveAsync(3));
    }

    [Fact]
    public async Task It_can_be_cut_off_again_and_again_under_the_same_epoch()
    {
        var (client, _) = Connect(resumable: true);
        var epoch = client.Epoch;
        var random = new Random(7);
        var (seen, published) = (0, 0);

        for (var cut = 0; cut < 100; cut++)
        {
            var more = random.Next(1, 30);
            Publish(published + 1, published + more);
            published += more;
            var read = random.Next(0, published - seen + 1);
            Assert.Equal(Enumerable.Range(seen + 1, read).Select(n => $"{n}:n{n}"), await client.ReceiveAsync(read));
            seen += read;
            client.Cut();
            (client, var refusal) = Resume(epoch, seen);
            Assert.Null(refusal);
        }

        Assert.Equal(Enumerable.Range(seen + 1, published - seen).Select(n => $"{n}:n{n}"), await client.ReceiveAsync(published - seen));
    }

    [Fact]
    public async Task The_sessions_that_a_client_followed_are_followed_again()
    {
        var (first, _) = Connect(resumable: true, dialect: JsonRpc);
        first.Connection.Follow(SessionKey.Main);
        first.Cut();
        _events.Publish(new TrialNews("in between") { Of = SessionKey.Main });
        _events.Publish(new TrialNews("of another") { Of = SessionKey.Of("main", "other") });

        var (second, _) = Resume(first.Epoch, seq: 0, dialect: JsonRpc);
        _events.Publish(new TrialNews("after") { Of = SessionKey.Main });

        Assert.Equal(["1:in between", "2:after"], await second.ReceiveAsync(2));
    }

    [Theory]
    [InlineData("of somebody else", 0, "unknown-epoch")]
    [InlineData(null, 9, "unknown-seq")]
    [InlineData(null, 0, null)]
    public void What_is_not_known_is_refused(string? epoch, long seq, string? expected)
    {
        var (first, _) = Connect(resumable: true);
        first.Cut();

        var (_, refusal) = Resume(epoch ?? first.Epoch, seq);

        Assert.Equal(expected, refusal);
    }

    [Theory]
    [InlineData(OperatorScopes.Admin, "cli", null)]
    [InlineData(OperatorScopes.Read, "cli", "unknown-epoch")]
    [InlineData(OperatorScopes.Admin, "another", "unknown-epoch")]
    public void Only_the_same_client_with_the_same_rights_comes_back(OperatorScopes scopes, string clientId, string? expected)
    {
        var (first, _) = Connect(resumable: true);
        first.Cut();

        var (second, _) = Connect(scopes: scopes, clientId: clientId);

        Assert.Equal(expected, _fanout.Resume(second.Connection, first.Epoch, 0));
    }

    [Theory]
    [InlineData("ann", "ann", null)]
    [InlineData("ann", "bob", "unknown-epoch")]
    public void A_person_comes_back_with_another_credential_and_nobody_else_does(string before, string after, string? expected)
    {
        var (first, _) = Connect(resumable: true, who: caller => caller with { UserId = before, SecretGeneration = "old", ValidUntil = DateTimeOffset.UnixEpoch });
        first.Cut();

        var (second, _) = Connect(who: caller => caller with { UserId = after, SecretGeneration = "new", ValidUntil = DateTimeOffset.MaxValue });

        Assert.Equal(expected, _fanout.Resume(second.Connection, first.Epoch, 0));
    }

    [Fact]
    public void A_client_that_never_said_that_it_may_come_back_is_forgotten()
    {
        var (first, _) = Connect();
        first.Cut();

        Assert.Equal("unknown-epoch", Resume(first.Epoch, 0).Refusal);
    }

    [Fact]
    public void After_a_while_a_client_and_its_events_are_forgotten()
    {
        var (first, _) = Connect(resumable: true);
        var (still, _) = Connect(resumable: true);
        first.Cut();
        Publish(1, 1);
        _clock.Advance(TimeSpan.FromMinutes(5.1));
        _fanout.Sweep();
        still.Cut();

        Assert.Equal("unknown-epoch", Resume(first.Epoch, 0).Refusal);
        Assert.Equal("expired", Resume(still.Epoch, 0).Refusal);
    }

    [Theory]
    [InlineData("""{"gateway":{"events":{"replayBytes":20000}}}""", "expired")]
    [InlineData("""{"gateway":{"events":{"replayBytes":0}}}""", "expired")]
    [InlineData("""{"gateway":{"limits":{"maxBufferedBytes":65536}}}""", "too-much")]
    public void Events_are_kept_up_to_a_number_of_bytes_and_given_up_to_what_a_client_may_have_waiting(string config, string expected)
    {
        _fanout = New(config);
        var (first, _) = Connect(resumable: true, config: config);
        first.Cut();
        Publish(1, 2000);

        var (second, _) = Connect(config: config);

        Assert.Equal(expected, _fanout.Resume(second.Connection, first.Epoch, 0));
    }

    public void Dispose() => _toDispose.ForEach(part => part.Dispose());

    private EventFanout New(string? config) => new(_events, new ConfigStore(ConfigFixture.Load(config)), _clock);

    private void Publish(int from, int to)
    {
        for (var n = from; n <= to; n++)
        {
            _events.Publish(new TrialNews($"n{n}"));
        }
    }

    private (Trial Trial, string? Refusal) Resume(string epoch, long seq, IWireDialect? dialect = null)
    {
        var (trial, _) = Connect(dialect: dialect);
        var refusal = _fanout.Resume(trial.Connection, epoch, seq);
        _fanout.Release(trial.Connection);
        return (trial, refusal);
    }

    private (Trial Trial, string? Refusal) Connect(
        bool resumable = false, IWireDialect? dialect = null, OperatorScopes scopes = OperatorScopes.Admin, string clientId = "cli", string? config = null,
        Func<Caller, Caller>? who = null)
    {
        var pair = new SocketPair();
        var limits = ConfigFixture.Load(config).Config.Gateway.Limits;
        _gate.TryEnter(null, 1000, 1000);
        var connection = new Connection(pair.Server, dialect ?? OpenClaw, null, limits, _gate, _clock);
        _toDispose.Add(connection);
        _toDispose.Add(pair);
        var caller = new Caller(connection.Id, CallerRole.Operator, scopes, clientId);
        connection.LogIn(who is null ? caller : who(caller));
        _fanout.Join(connection);
        if (resumable)
        {
            _fanout.MakeResumable(connection);
        }

        return (new Trial(this, pair, connection), null);
    }

    /// <summary>A client and its connection.</summary>
    private sealed record Trial(ResumeTests Test, SocketPair Pair, Connection Connection)
    {
        public string Epoch => Connection.Stream.Epoch;

        public void Cut()
        {
            Connection.Abort();
            Test._fanout.Leave(Connection);
        }

        public async Task<List<string>> ReceiveAsync(int count)
        {
            var received = new List<string>();
            while (received.Count < count)
            {
                var frame = JsonElement.Parse(await Pair.ReceiveAsync() ?? "{}");
                received.Add(frame.TryGetProperty("params", out var parameters)
                    ? $"{parameters.GetProperty("seq").GetInt64()}:{parameters.GetProperty("type").GetString()}"
                    : $"{frame.GetProperty("seq").GetInt64()}:{frame.GetProperty("event").GetString()}");
            }

            return received;
        }
    }

    private sealed class TrialNews(string name) : GatewayEvent
    {
        public SessionKey? Of { get; init; }

        public override string Name => name;

        public override SessionKey? Session => Of;

        public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
        {
        }
    }
}
