using System.Collections.Concurrent;
using Chela.Contracts.Channels;
using Chela.Gateway.Bus;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels;

/// <summary>
/// Lets people see answers while they are written, on channels that can change what they sent. The message becomes the first piece of the answer. Drafts
/// are kept in memory alone: after a crash one stays as it is, and the answer comes below it.
/// </summary>
internal sealed class AnswersInSight(Lanes lanes, Accounts accounts, Outbox outbox, ConfigStore config, TimeProvider time, ILogger<Draft> logger) : IAsyncDisposable
{
    /// <summary>How often what runs is looked at.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>No answer is shown before it is so long: short ones come at once, and "NO_REPLY" never does.</summary>
    private const int MinChars = 40;

    private readonly ConcurrentDictionary<string, Draft> _drafts = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;

    public void Start() => _work = Background.Run(RunAsync);

    /// <summary>Ends the draft of a run; returns what the platform calls its message, or null where there is none.</summary>
    public Task<string?> TakeAsync(string run) => _drafts.GetValueOrDefault(run)?.CloseAsync() ?? Task.FromResult<string?>(null);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(_stopping.Token))
        {
            Look();
        }
    }

    private void Look()
    {
        var running = lanes.Running;
        foreach (var turn in running)
        {
            if (ChannelOf(turn) is { } channel && turn.Text is { Length: >= MinChars } text)
            {
                _drafts.GetOrAdd(turn.RunId, _ => new Draft(channel, FirstOf(turn), time, logger)).Show(text);
            }
        }

        // The answer stands in the outbox before its run has ended: what is in neither was delivered, or has none.
        foreach (var over in _drafts.Keys.Except(running.Select(turn => turn.RunId), StringComparer.Ordinal).Where(run => !outbox.Holds(run)))
        {
            _drafts.TryRemove(over, out _);
        }
    }

    private IOutboundChannel? ChannelOf(Turn turn) =>
        turn.Message.ReplyTo is { } target
        && accounts.Channels.GetValueOrDefault(target.Channel) is { } channel and IEditingChannel editing
        && editing.EditPaceFor(target) is not null
        && config.Current.Config.Channels.Find(target.Channel, target.Account) is { } account && account.Streaming != StreamingModes.Off
        && accounts.Running(new AccountName(target.Channel, target.Account)) is not null
            ? channel
            : null;

    private OutboundPiece FirstOf(Turn turn)
    {
        var (message, target) = (turn.Message, turn.Message.ReplyTo!);
        return new OutboundPiece($"{turn.RunId}:draft", 1, 1, target, "", time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            ReplyToId = config.Current.Config.Channels.Find(target.Channel, target.Account)?.Quotes(target.Kind) is true ? message.MessageId : null,
        };
    }
}
