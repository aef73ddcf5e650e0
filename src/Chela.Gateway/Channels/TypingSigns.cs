using System.Diagnostics.CodeAnalysis;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels;

/// <summary>Shows people that their answer is being written, for as long as a run of theirs goes on.</summary>
internal sealed partial class TypingSigns(Lanes lanes, Accounts accounts, BackgroundLoops loops, TimeProvider time, ILogger<TypingSigns> logger) : IAsyncDisposable
{
    /// <summary>How often it is shown again: platforms take it away after five seconds.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(4);

    /// <summary>The most conversations that are told at once.</summary>
    private const int MaxAtOnce = 16;

    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;

    public void Start() => _work = Background.Run(() => loops.RunAsync("signs that an answer is written", Period, ShowAllAsync, _stopping.Token));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task ShowAllAsync(CancellationToken ct)
    {
        var answered = lanes.Running.Select(turn => turn.Message.ReplyTo).OfType<ReplyTarget>().Distinct();
        return Parallel.ForEachAsync(answered, new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = ct }, (target, _) => ShowAsync(target));
    }

    [SuppressMessage("Design", "CA1031", Justification = "A channel's sign: whether it can be shown matters to nobody else.")]
    private async ValueTask ShowAsync(ReplyTarget target)
    {
        if (accounts.Channels.GetValueOrDefault(target.Channel) is not ITypingChannel channel
            || accounts.Running(new AccountName(target.Channel, target.Account)) is null)
        {
            return;
        }

        try
        {
            using var limit = new CancellationTokenSource(Period, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
            await channel.ShowTypingAsync(target, either.Token);
        }
        catch (Exception e)
        {
            Log.NotShown(logger, target.Channel, target.Account, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1731, LogLevel.Debug, "That an answer is being written could not be shown at {Channel}/{Account}: {Reason}")]
        public static partial void NotShown(ILogger logger, string channel, string account, string reason);
    }
}
