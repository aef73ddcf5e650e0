using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Discord;

/// <summary>
/// Commands that people used and that were not answered yet. Discord waits three seconds for a sign: it is given when one comes, before it is known
/// whether it may be given, and the answer is put in its place. Where none comes soon, the sign is taken away: not everything is answered.
/// </summary>
internal sealed partial class DiscordInteractions(DiscordApi api, TimeProvider time, ILogger<DiscordInteractions> logger) : IDisposable
{
    /// <summary>How long the sign stands; what is answered later comes as a message of its own.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The most that wait for their answer; to more it comes as a message of its own.</summary>
    private const int MaxOpen = 1_000;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Open> _open = new(StringComparer.Ordinal);

    /// <summary>Shows whoever used a command that it has come; whoever pressed a button sees that it was pressed.</summary>
    /// <param name="run">The run that answers it.</param>
    public void Acknowledge(DiscordAccountConfig account, DiscordInteraction interaction, string run)
    {
        if (interaction.Type == DiscordInteraction.OfButton)
        {
            _ = AcknowledgeAsync(account, interaction, InteractionReply.Nothing); // within the time that a call may take
            return;
        }

        lock (_gate)
        {
            if (_open.Count < MaxOpen && !_open.ContainsKey(run))
            {
                _open[run] = new Open(interaction, AcknowledgeAsync(account, interaction, InteractionReply.Later));
                _ = ExpireAsync(account, run); // ends with the gateway
            }
        }
    }

    /// <summary>The command whose sign is to be replaced by the answer of a run, given to one alone; null for none.</summary>
    public async Task<DiscordInteraction?> TakeAsync(string run)
    {
        Open? open;
        lock (_gate)
        {
            _open.Remove(run, out open);
        }

        return open is not null && await open.Acknowledged ? open.Interaction : null;
    }

    /// <summary>Takes the sign away again: there will be no answer in its place.</summary>
    public async Task WithdrawAsync(DiscordAccountConfig account, string run, CancellationToken ct)
    {
        if (await TakeAsync(run) is { } interaction)
        {
            await WithdrawAsync(account, interaction, ct);
        }
    }

    public Task WithdrawAsync(DiscordAccountConfig account, DiscordInteraction interaction, CancellationToken ct) =>
        QuietlyAsync(() => api.DeleteReplyAsync(account, interaction, ct));

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task ExpireAsync(DiscordAccountConfig account, string run)
    {
        var stopping = _stopping.Token;
        await Task.Delay(Patience, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stopping.IsCancellationRequested)
        {
            await WithdrawAsync(account, run, stopping);
        }
    }

    private Task<bool> AcknowledgeAsync(DiscordAccountConfig account, DiscordInteraction interaction, InteractionReply reply) =>
        QuietlyAsync(() => api.ReplyAsync(account, interaction, reply, _stopping.Token));

    /// <summary>Does something that is only shown; false where it could not be done.</summary>
    private async Task<bool> QuietlyAsync(Func<Task> show)
    {
        try
        {
            await show();
            return true;
        }
        catch (DiscordException e) when (e.Error.Code == DiscordError.IsAcknowledged)
        {
            return true; // an event that was told twice
        }
        catch (Exception e) when (e is DiscordException or HttpRequestException or OperationCanceledException)
        {
            Log.NotShown(logger, e.Message);
            return false;
        }
    }

    private sealed record Open(DiscordInteraction Interaction, Task<bool> Acknowledged);

    private static partial class Log
    {
        [LoggerMessage(1754, LogLevel.Information, "Whoever used a command on Discord was not shown that it has come, or that it is not answered: {Reason}")]
        public static partial void NotShown(ILogger logger, string reason);
    }
}
