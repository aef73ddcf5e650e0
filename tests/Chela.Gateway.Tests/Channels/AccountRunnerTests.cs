using System.Threading.Channels;
using Chela.Contracts.Channels;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Gateway.Access.Senders;
using Chela.Gateway.Bus;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Channels;

/// <summary>An account is kept connected whatever happens to its connection.</summary>
[Trait("Requirement", "C3")]
public sealed class AccountRunnerTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakePlatform _platform = new();
    private readonly AccountRunner _runner;

    public AccountRunnerTests() =>
        _runner = new AccountRunner(_platform, "work", null!, _time, () => 0.5, NullLogger<AccountRunner>.Instance); // nothing is received here

    private static ChannelMessage Hello { get; } = new("telegram:work:42:1", new Origin("telegram", "work", new Peer(PeerKind.Direct, "42")), "42", "hello", 1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _runner.DisposeAsync();

    [Fact]
    public async Task Connections_that_fail_are_made_again_after_twice_as_long_each_time()
    {
        foreach (var seconds in new[] { 5, 10, 20, 40, 80, 160, 300, 300 })
        {
            var connection = await _platform.ConnectedAsync();
            connection.End.SetException(new HttpRequestException("no route"));
            await StateAsync(state => !state.IsConnected && state.Error!.Contains("no route", StringComparison.Ordinal));

            await WaitsAsync(seconds);
        }

        await _platform.ConnectedAsync();
        Assert.True(_runner.State.IsRunning);
    }

    [Fact]
    public void A_wait_is_a_tenth_longer_or_shorter_by_chance_and_never_without_end()
    {
        Assert.Equal(TimeSpan.FromSeconds(4.5), BackOff.After(1, 0));
        Assert.Equal(TimeSpan.FromSeconds(5.5), BackOff.After(1, 1));
        Assert.Equal(BackOff.Longest, BackOff.After(int.MaxValue, 0.5));
    }

    [Fact]
    public async Task A_connection_that_lasted_is_made_again_soon()
    {
        (await _platform.ConnectedAsync()).End.SetResult();
        await WaitsAsync(5);
        (await _platform.ConnectedAsync()).End.SetResult();
        await WaitsAsync(10);
        var third = await _platform.ConnectedAsync();
        for (var minute = 0; minute < 6; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1) / 2);
            third.Door.Heard();
            _time.Advance(TimeSpan.FromMinutes(1) / 2);
            third.Door.Heard();
        }

        third.End.SetException(new InvalidOperationException("a bug"));

        await WaitsAsync(5);
        Assert.DoesNotContain("a bug", _runner.State.Error!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_without_a_sign_of_life_is_made_anew_also_when_it_hangs()
    {
        var connection = await _platform.ConnectedAsync(); // its task never ends, whatever its token says
        _time.Advance(FakePlatform.Silence / 2);
        connection.Door.Heard();
        _time.Advance(FakePlatform.Silence / 2);
        Assert.True(_runner.State.IsConnected);

        _time.Advance(FakePlatform.Silence * 0.75); // it is looked at four times in that span
        await StateAsync(state => !state.IsConnected && state.Error!.Contains("sign of life", StringComparison.Ordinal));
        await WaitsAsync(5);

        await _platform.ConnectedAsync();
        Assert.Null(_runner.State.Error);
    }

    [Fact]
    public async Task What_the_platform_refuses_for_good_is_not_tried_again()
    {
        (await _platform.ConnectedAsync()).End.SetException(new ChannelRefusedException("The token is wrong."));
        await StateAsync(state => state is { IsRefused: true, IsRunning: false });

        _time.Advance(TimeSpan.FromHours(10));

        Assert.Equal(("The token is wrong.", "terminal-disconnect"), (_runner.State.Error, _runner.State.Health));
        Assert.Equal(1, _platform.Connections);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_an_account_that_hangs()
    {
        var connection = await _platform.ConnectedAsync();

        var stop = _runner.DisposeAsync().AsTask();
        await Patience.UntilAsync(
            async _ =>
            {
                await Task.Yield();
                _time.Advance(AccountRunner.StopLimit);
                return stop.IsCompleted;
            },
            "the account is stopped");

        Assert.True(connection.Stop.IsCancellationRequested);
        Assert.False(_runner.State.IsRunning);
    }

    [Fact]
    [Trait("Requirement", "B6")]
    public async Task A_message_waits_while_the_disk_is_full_and_is_taken_once_it_is_not()
    {
        using var folder = new TempFolder();
        var tries = new List<string>();
        ValueTask<Acceptance> Door(ChannelMessage message, IReadOnlyList<ChannelFile> files)
        {
            tries.Add(message.Content);
            return tries.Count < 3 ? throw new RpcException(RpcErrorKind.Unavailable, "the disk is full") : new(Acceptance.New);
        }

        using var senders = new SenderBook(new DocumentFile(Path.Combine(folder.Path, "senders.json")), _time);
        var reception = new Reception(Door, senders, null!, Listed(), _time, NullLogger<Reception>.Instance);

        var taken = reception.ReceiveAsync(Hello, null, Ct).AsTask();
        await _time.WhenTimerAsync(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        await _time.WhenTimerAsync(TimeSpan.FromSeconds(2));
        Assert.False(taken.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(await taken);
        Assert.Equal(["hello", "hello", "hello"], tries);
        Assert.False(await reception.ReceiveAsync(Hello with { Origin = Hello.Origin with { Account = "gone" } }, null, Ct));
    }

    [Fact]
    [Trait("Requirement", "C4")]
    public async Task Files_for_which_there_is_no_room_do_not_hold_up_what_was_said()
    {
        using var folder = new TempFolder();
        var tries = new List<int>();
        ValueTask<Acceptance> Door(ChannelMessage message, IReadOnlyList<ChannelFile> files)
        {
            tries.Add(files.Count);
            return files.Count > 0 ? throw new RpcException(RpcErrorKind.Unavailable, "the attachments take too much room") : new(Acceptance.New);
        }

        using var senders = new SenderBook(new DocumentFile(Path.Combine(folder.Path, "senders.json")), _time);
        var reception = new Reception(Door, senders, null!, Listed(), _time, NullLogger<Reception>.Instance);

        Assert.True(await reception.ReceiveAsync(Hello, _ => Task.FromResult<IReadOnlyList<ChannelFile>>([new("a", null, new byte[1])]), Ct));

        Assert.Equal([1, 0], tries);
    }

    /// <summary>Waits until the account waits so long, and moves the clock by that.</summary>
    private async Task WaitsAsync(int seconds)
    {
        var before = _platform.Connections;
        await _time.WhenTimerAsync(TimeSpan.FromSeconds(seconds)).WaitAsync(Ct);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await Patience.UntilAsync(
            async _ =>
            {
                await Task.Yield();
                return _platform.Connections > before;
            },
            "the account connects again");
    }

    /// <summary>A configuration in which the sender of that message may speak.</summary>
    private static ConfigStore Listed() => new(ConfigFixture.Load(
        """{ "channels": { "telegram": { "work": { "botToken": "7000000001:AAE-a_token_for_tests", "allowFrom": ["42"] } } } }"""));

    private Task StateAsync(Predicate<AccountState> holds) => Patience.UntilAsync(
        async _ =>
        {
            await Task.Yield();
            return holds(_runner.State);
        },
        "the account has the state");

    private sealed record Connection(IChannelDoor Door, TaskCompletionSource End, CancellationToken Stop);

    private sealed class FakePlatform : IChannel
    {
        public static readonly TimeSpan Silence = TimeSpan.FromSeconds(90);

        private readonly Channel<Connection> _made = System.Threading.Channels.Channel.CreateBounded<Connection>(16);
        private int _connections;

        public int Connections => Volatile.Read(ref _connections);

        public string Name => "fake";

        public string Label => "Fake";

        public TimeSpan LongestSilence => Silence;

        public async Task<Connection> ConnectedAsync()
        {
            using var patience = Patience.Begin();
            return await _made.Reader.ReadAsync(patience.Token);
        }

        public int MaxCharsFor(ReplyTarget target) => 100;

        public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct) => throw new NotSupportedException();

        public async Task RunAsync(IChannelDoor door, CancellationToken ct)
        {
            var connection = new Connection(door, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), ct);
            door.Connected();
            Interlocked.Increment(ref _connections);
            await _made.Writer.WriteAsync(connection, CancellationToken.None);
            await connection.End.Task;
        }
    }
}
