using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Agents.Unfinished;

/// <summary>
/// Answers that the disk refused to put into the outbox while the gateway started: they are put there as soon as it takes them, one after the
/// other. Until then their messages stand in the inbox, where the next start finds them.
/// </summary>
internal sealed class OwedReplies(Inbox inbox, Replies replies, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _paid = Task.CompletedTask;

    /// <summary>Adds one; called by the start alone.</summary>
    public void Add(Turn turn, TranscriptEntry answer) => _paid = PayAsync(_paid, turn, answer);

    /// <summary>Leaves what is still owed to the next start.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _paid;
    }

    public void Dispose() => _stopping.Dispose();

    private async Task PayAsync(Task before, Turn turn, TranscriptEntry answer)
    {
        await before;
        try
        {
            await replies.SendAsync(turn, answer, _stopping.Token);
            inbox.End(turn.Message, time.GetUtcNow().ToUnixTimeMilliseconds());
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // It stays in the inbox.
        }
    }
}
