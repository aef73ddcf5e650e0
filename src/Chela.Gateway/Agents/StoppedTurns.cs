using Chela.Gateway.Bus;

namespace Chela.Gateway.Agents;

/// <summary>
/// Tells that turns were stopped while they waited, as soon as that is on disk: a next start must say the same of them. Their lines in the
/// transcript are written when their turn comes, so that only the lane writes there.
/// </summary>
internal sealed class StoppedTurns(Inbox inbox, EventBus events, TimeProvider time)
{
    public async Task TellAsync(Turn turn)
    {
        if (!await inbox.TryStopAsync(turn.Message, NowMs()))
        {
            return; // it ends when its lines are on disk
        }

        var result = new TurnResult(TurnStatus.Aborted, "", null, null, NowMs());
        using var narrator = new RunNarrator(turn, events, time);
        narrator.End(result);
        turn.Complete(result);
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
