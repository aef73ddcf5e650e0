using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions.Spawning;

namespace Chela.Gateway.Sessions;

/// <summary>Stops runs, with what they had spawned, and waits until clients have heard that they ended.</summary>
internal sealed class RunStops(Lanes lanes, SpawnTree tree, TimeProvider time)
{
    /// <summary>A run that takes longer to stop is answered for before its end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Stops what runs and waits in a session; or one run of it, with all that the session had spawned if that run has begun.</summary>
    /// <param name="session">The session.</param>
    /// <param name="runId">The run; null for all.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <returns>The ids of those that had not ended, those of the session first.</returns>
    public async ValueTask<IReadOnlyList<string>> StopAsync(SessionKey session, string? runId, CancellationToken ct)
    {
        var own = lanes.Of(session).Where(turn => runId is null || turn.RunId == runId).ToList();
        var stopped = own.Where(turn => turn.Abort()).ToList();
        if (runId is null || own.Exists(turn => turn.HasBegun))
        {
            stopped.AddRange(StopSpawned(session));
        }

        try
        {
            await Task.WhenAll(stopped.Select(turn => turn.Completion)).WaitAsync(Patience, time, ct);
        }
        catch (TimeoutException)
        {
            // They stop later; each says so in its own event.
        }

        return [.. stopped.Select(turn => turn.RunId)];
    }

    /// <summary>Stops what a session had spawned, and what it was about to hear of that. To be called when its own runs are stopped, so that they spawn no more.</summary>
    /// <returns>Those that had not ended.</returns>
    public IReadOnlyList<Turn> StopSpawned(SessionKey session)
    {
        var below = tree.Below(session).Select(entry => entry.SessionKey).ToHashSet();
        var stopped = below.SelectMany(lanes.Of).Where(turn => turn.AbortUnheard()).ToList();
        stopped.AddRange(lanes.Of(session).Where(turn => SessionSender.In(turn.Message) is { } from && below.Contains(from) && turn.Abort()));
        return stopped;
    }
}
