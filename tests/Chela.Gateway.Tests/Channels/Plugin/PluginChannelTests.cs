using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Contracts.Plugins;
using Chela.Gateway.Channels.Plugin;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Plugin;

/// <summary>Whatever the code of a plugin does, the gateway waits for it no longer than it must.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C3")]
[Trait("Requirement", "K4")]
public sealed class PluginChannelTests : IDisposable
{
    private static readonly ReplyTarget Anna = new("plugin", "work", "anna");

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly UnrulyChannel _unruly = new();
    private readonly Door _door = new();
    private readonly PluginChannel _channel;

    public PluginChannelTests()
    {
        var config = new ConfigStore(ConfigFixture.Load("""{ "channels": { "plugin": { "work": { "plugin": "unruly", "settings": { "color": "red" } } } } }"""));
        _channel = new PluginChannel(_folder.Path, OpenAsync, config, _time);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _unruly.Release.Set();
        _folder.Dispose();
    }

    [Fact]
    public async Task Calls_that_do_not_end_are_given_up_and_no_more_than_eight_of_them_are_left_behind()
    {
        using var stop = new CancellationTokenSource();
        var run = await ConnectedAsync(stop.Token);
        var never = new TaskCompletionSource<SendOutcome>();
        _unruly.Send = () => never.Task;

        for (var call = 0; call < PluginConnection.MaxLeft; call++)
        {
            var sending = SendAsync();
            await _time.WhenTimerAsync(PluginConnection.AnswerLimit).WaitAsync(Ct);
            _time.Advance(PluginConnection.AnswerLimit);
            Assert.Equal(SendOutcome.Later("the plugin did not answer within 60 s"), await sending);
        }

        Assert.Equal(SendOutcome.Later("the plugin has not ended 8 calls"), await SendAsync());
        never.SetResult(SendOutcome.Sent("late"));
        _unruly.Send = () => Task.FromResult(SendOutcome.Sent("in time"));
        await Patience.UntilAsync(async _ => (await SendAsync()).MessageId == "in time", "those that were left behind have ended");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task A_connection_that_blocks_its_thread_and_hears_no_cancellation_is_left_behind_three_times_and_then_not_made_anew()
    {
        _unruly.Blocks = true;

        for (var connection = 0; connection < PluginChannel.MaxLeft; connection++)
        {
            using var stop = new CancellationTokenSource();
            await StoppedAsync(connection, stop);
        }

        var refused = await Assert.ThrowsAsync<ChannelRefusedException>(() => AfterPartingAsync(_channel.RunAsync(_door, Ct)));
        Assert.Contains("does not end connections", refused.Message, StringComparison.Ordinal);
        _unruly.Release.Set();
        await Patience.UntilAsync(_ => Task.FromResult(_unruly.Ended == PluginChannel.MaxLeft), "they have ended at last");
        _unruly.Blocks = false;
        using var last = new CancellationTokenSource();
        var run = await ConnectedAsync(last.Token);
        await last.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task What_it_says_of_itself_is_held_within_bounds_and_what_it_throws_is_its_own()
    {
        using var stop = new CancellationTokenSource();
        var run = await ConnectedAsync(stop.Token);

        Assert.Equal((100, 0L, null, TimeSpan.FromDays(1)), (_channel.MaxCharsFor(Anna), _channel.MaxFileBytesFor(Anna), _channel.EditPaceFor(Anna), _channel.LongestSilenceOf("work")));
        _unruly.Send = () => throw new IOException("the line is cut");
        Assert.Equal(SendOutcome.Later("the line is cut"), await SendAsync());
        _unruly.Send = () => Task.FromResult(SendOutcome.Sent(new string('x', 1_000)));
        Assert.Equal(SendOutcome.Sent(null), await SendAsync());
        _unruly.Send = () => throw new InvalidOperationException("a bug");
        await Assert.ThrowsAsync<InvalidOperationException>(SendAsync);
        Assert.Equal(SendOutcome.Later("The account home of its plugin is not connected."), await _channel.SendAsync(PieceTo(Anna with { Account = "home" }), Ct));
        Assert.Equal("work", await _channel.ProbeAsync("work", Ct));

        _unruly.End.SetException(new IOException("the server has gone"));
        Assert.Equal("the server has gone", (await Assert.ThrowsAsync<HttpRequestException>(() => run)).Message);
    }

    [Fact]
    public async Task It_speaks_for_its_own_account_alone_and_only_while_it_is_connected()
    {
        using var stop = new CancellationTokenSource();
        var run = await ConnectedAsync(stop.Token);
        var account = _unruly.Account!;
        var hello = account.Message("1", new Peer(PeerKind.Direct, "anna"), "anna", "hello");
        var door = _unruly.Door!;

        Assert.True(await door.ReceiveAsync(hello, null, Ct));
        Assert.Equal(("plugin:work:anna:1", "red", true), (_door.Taken.Single(), account.Settings["color"], Directory.Exists(account.Folder)));
        ChannelMessage[] foreign =
        [
            hello with { Origin = hello.Origin with { Channel = "telegram" } },
            hello with { Origin = hello.Origin with { Account = "home" } },
            hello with { ReplyTo = hello.ReplyTo! with { Account = "home" } },
            hello with { RunId = "telegram:work:anna:1" },
            hello with { SenderId = "" },
            hello with { MessageId = "a\nb" },
        ];
        foreach (var message in foreign)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => door.ReceiveAsync(message, null, Ct).AsTask());
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await Patience.UntilAsync(_ => Task.FromResult(_unruly.IsDisposed), "it was told to end, and has ended");
        door.Connected();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => door.ReceiveAsync(hello, null, Ct).AsTask());
        Assert.Equal((1, 1), (_door.Taken.Count, _door.Connects));
    }

    private Task<IChannel> OpenAsync(string plugin, PluginAccount account, CancellationToken ct)
    {
        Assert.Equal("unruly", plugin);
        _unruly.Account = account;
        return Task.FromResult<IChannel>(_unruly);
    }

    private async Task<Task> ConnectedAsync(CancellationToken stop)
    {
        var before = _unruly.Begun;
        var run = _channel.RunAsync(_door, stop);
        await Patience.UntilAsync(_ => Task.FromResult(_unruly.Begun > before), "it is connected");
        return run;
    }

    /// <summary>Connects, and stops what does not want to stop.</summary>
    private async Task StoppedAsync(int former, CancellationTokenSource stop)
    {
        var run = _channel.RunAsync(_door, stop.Token);
        if (former > 0)
        {
            await PartAsync();
        }

        await Patience.UntilAsync(_ => Task.FromResult(_unruly.Begun == former + 1), "it is connected");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private async Task AfterPartingAsync(Task run)
    {
        await PartAsync();
        await run;
    }

    private async Task PartAsync()
    {
        await _time.WhenTimerAsync(AccountRunner.StopLimit).WaitAsync(Ct);
        _time.Advance(AccountRunner.StopLimit);
    }

    private Task<SendOutcome> SendAsync() => _channel.SendAsync(PieceTo(Anna), Ct);

    private static OutboundPiece PieceTo(ReplyTarget target) => new("m", 1, 1, target, "hello", 1);

    /// <summary>The door of the account.</summary>
    private sealed class Door : IChannelDoor
    {
        public string Account => "work";

        public List<string> Taken { get; } = [];

        public int Connects { get; private set; }

        public void Connected() => Connects++;

        public void Heard()
        {
        }

        public ValueTask<bool> ReceiveAsync(ChannelMessage message, FileFetch? fetch, CancellationToken ct)
        {
            Taken.Add(message.RunId);
            return new(true);
        }
    }

    /// <summary>A channel that does what no channel should.</summary>
    private sealed class UnrulyChannel : IChannel, IDisposable
    {
        private int _begun;
        private int _ended;

        public PluginAccount? Account { get; set; }

        public IChannelDoor? Door { get; private set; }

        public bool Blocks { get; set; }

        public ManualResetEventSlim Release { get; } = new();

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Func<Task<SendOutcome>> Send { get; set; } = () => Task.FromResult(SendOutcome.Sent(null));

        public bool IsDisposed { get; private set; }

        public int Begun => Volatile.Read(ref _begun);

        public int Ended => Volatile.Read(ref _ended);

        public string Name => "telegram";

        public string Label => "Telegram";

        public TimeSpan LongestSilence => TimeSpan.MaxValue;

        public int MaxCharsFor(ReplyTarget target) => int.MinValue;

        public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct) => Send();

        public void Dispose() => IsDisposed = true;

        public async Task RunAsync(IChannelDoor door, CancellationToken ct)
        {
            Door = door;
            door.Connected();
            Interlocked.Increment(ref _begun);
            try
            {
                if (Blocks)
                {
                    Release.Wait(CancellationToken.None);
                }

                await End.Task.WaitAsync(ct);
            }
            finally
            {
                Interlocked.Increment(ref _ended);
            }
        }
    }
}
