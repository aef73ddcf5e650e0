using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>Stops runs, and waits until clients have heard that they ended.</summary>
internal sealed class RunStops(TimeProvider time)
{
    /// <summary>A run that takes longer to stop is answered for before its end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Stops these runs.</summary>
    /// <returns>The ids of those that had not ended.</returns>
    public async ValueTask<IReadOnlyList<string>> StopAsync(IEnumerable<Turn> turns, CancellationToken ct)
    {
        var stopped = turns.Where(turn => turn.Abort()).ToList();
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
}
