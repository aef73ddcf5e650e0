using System.Diagnostics.CodeAnalysis;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Supervision;

/// <summary>
/// Keeps one account of a channel connected: whatever ends its connection, an error, the platform or a silence that is too long, it is made anew,
/// later and later. Nothing that happens to it reaches other accounts.
/// </summary>
internal sealed partial class AccountRunner : IChannelDoor, IAsyncDisposable
{
    /// <summary>How long an account may take to stop; what it still does then is left alone.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private const string Silent = "The connection gave no sign of life for too long.";
    private const string Ended = "The connection ended.";

    private readonly IChannel _channel;
    private readonly Reception _reception;
    private readonly Pace _pace;
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly ILogger<AccountRunner> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Task _work;
    private volatile Task _acknowledging = Task.CompletedTask;
    private AccountState _state;
    private long _heard;

    /// <param name="channel">The platform.</param>
    /// <param name="account">The account, by the name in the configuration.</param>
    /// <param name="reception">Takes its messages in.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">From 0 to 1, so that accounts that fail together do not come again together.</param>
    /// <param name="logger">The log.</param>
    public AccountRunner(IChannel channel, string account, Reception reception, TimeProvider time, Func<double> chance, ILogger<AccountRunner> logger)
    {
        (_channel, Account, _reception, _time, _chance, _logger) = (channel, account, reception, time, chance, logger);
        _pace = new Pace(time);
        _state = new AccountState { IsRunning = true, StartedAtMs = NowMs() };
        _work = Background.Run(RunAsync);
    }

    public string Account { get; }

    public IChannel Channel => _channel;

    public AccountState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    public void Connected()
    {
        Heard();
        Change(state => state with { IsConnected = true, ConnectedAtMs = NowMs(), Error = null });
        Log.Connected(_logger, _channel.Name, Account);
    }

    public void Heard()
    {
        Interlocked.Exchange(ref _heard, _time.GetTimestamp());
        Change(state => state with { HeardAtMs = NowMs() });
    }

    public async ValueTask<bool> ReceiveAsync(ChannelMessage message, FileFetch? fetch, CancellationToken ct)
    {
        await _pace.WaitAsync(ct);
        Change(state => state with { InboundAtMs = NowMs() });
        var isTaken = await _reception.ReceiveAsync(message, fetch, ct);
        if (isTaken && _acknowledging.IsCompleted && _channel is IReactingChannel channel && _reception.ReactionTo(message) is { } emoji)
        {
            _acknowledging = Background.Run(() => AcknowledgeAsync(channel, message, emoji));
        }

        return isTaken;
    }

    /// <summary>A piece was sent.</summary>
    public void Sent() => Change(state => state with { OutboundAtMs = NowMs() });

    /// <summary>Stops the account; returns when it is, or when it takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work.WaitAsync(StopLimit, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Change(state => state with { IsRunning = false, IsConnected = false, StoppedAtMs = NowMs() });
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!_stopping.IsCancellationRequested)
        {
            var began = _time.GetTimestamp();
            var end = await ConnectAsync();
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            failures = _time.GetElapsedTime(began) >= BackOff.Stable ? 1 : failures + 1;
            Change(state => state with { IsConnected = false, Error = end.Reason, IsRefused = end.IsFinal, IsRunning = !end.IsFinal, Reconnects = failures });
            if (end.IsFinal)
            {
                Change(state => state with { StoppedAtMs = NowMs() });
                Log.Refused(_logger, _channel.Name, Account, end.Reason);
                return;
            }

            var wait = BackOff.After(failures, _chance());
            Log.Lost(_logger, _channel.Name, Account, end.Reason, wait.TotalSeconds);
            await Task.Delay(wait, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Makes one connection; returns when it has ended, with the reason.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A channel's loop: whatever an account does must reach no other.")]
    private async Task<(string Reason, bool IsFinal)> ConnectAsync()
    {
        Interlocked.Exchange(ref _heard, _time.GetTimestamp());
        using var silence = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, silence.Token);
        using var watch = _time.CreateTimer(_ => Look(silence), null, _channel.LongestSilence / 4, _channel.LongestSilence / 4);
        try
        {
            await _channel.RunAsync(this, either.Token).WaitAsync(either.Token); // one that hangs is left behind
            return (Ended, false);
        }
        catch (ChannelRefusedException e)
        {
            return (e.Message, true);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested)
        {
            return (Silent, false);
        }
        catch (HttpRequestException e)
        {
            return ($"The connection failed: {e.Message}", false);
        }
        catch (Exception e)
        {
            if (!_stopping.IsCancellationRequested)
            {
                Log.Failed(_logger, _channel.Name, Account, e);
            }

            return ("The channel failed; the log of the gateway says why.", false);
        }
    }

    /// <summary>Puts a sign to a message that was taken in, one at a time: it is no more than a sign.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A channel's sign: whether it can be shown matters to nobody else.")]
    private async Task AcknowledgeAsync(IReactingChannel channel, ChannelMessage message, string emoji)
    {
        using var limit = new CancellationTokenSource(StopLimit, _time);
        try
        {
            await channel.ReactAsync(message.ReplyTo!, message.MessageId!, emoji, limit.Token);
        }
        catch (Exception e)
        {
            Log.NotAcknowledged(_logger, message.RunId, e.Message);
        }
    }

    private void Look(CancellationTokenSource silence)
    {
        if (_time.GetElapsedTime(Interlocked.Read(ref _heard)) > _channel.LongestSilenceOf(Account))
        {
            silence.Cancel();
        }
    }

    private void Change(Func<AccountState, AccountState> change)
    {
        lock (_gate)
        {
            _state = change(_state);
        }
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static partial class Log
    {
        [LoggerMessage(1710, LogLevel.Information, "The account {Account} of {Channel} is connected")]
        public static partial void Connected(ILogger logger, string channel, string account);

        [LoggerMessage(1711, LogLevel.Warning, "The account {Account} of {Channel} lost its connection and tries again in {Seconds:F0} s: {Reason}")]
        public static partial void Lost(ILogger logger, string channel, string account, string reason, double seconds);

        [LoggerMessage(1712, LogLevel.Error, "The account {Account} of {Channel} stays stopped: {Reason}")]
        public static partial void Refused(ILogger logger, string channel, string account, string reason);

        [LoggerMessage(1714, LogLevel.Debug, "No sign could be put to the message {Message}: {Reason}")]
        public static partial void NotAcknowledged(ILogger logger, string message, string reason);

        [LoggerMessage(1713, LogLevel.Error, "The account {Account} of {Channel} failed")]
        public static partial void Failed(ILogger logger, string channel, string account, Exception e);
    }
}
