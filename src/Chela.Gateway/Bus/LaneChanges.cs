using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Bus;

/// <summary>Changes of sessions in their lanes, so that nothing runs in a session while it is changed.</summary>
internal sealed class LaneChanges(Lanes lanes)
{
    /// <summary>What callers are told whose change there is no room for.</summary>
    public static RpcException TooMuchWaits() =>
        new(new RpcError(RpcErrorKind.TooMany, "too much already waits; try again when some runs have ended") { RetryAfterMs = 5000 });

    /// <summary>
    /// Stops what runs and waits in a session, and then changes it. What comes meanwhile runs afterwards. Not cancellable once it was
    /// called: the caller may leave.
    /// </summary>
    public Task<T> StopAndChangeAsync<T>(SessionKey session, Func<Task<T>> change)
    {
        var asked = new LaneChange<T>(change);
        foreach (var turn in lanes.Arrive(session, asked.RunAsync))
        {
            turn.Abort();
        }

        return asked.Outcome;
    }

    /// <summary>Changes a session in which nothing runs or waits; null, and no change, when something does.</summary>
    public Task<T>? ChangeIdle<T>(SessionKey session, Func<Task<T>> change)
    {
        var asked = new LaneChange<T>(change);
        return lanes.TryArriveIdle(session, asked.RunAsync) ? asked.Outcome : null;
    }

    /// <summary>Changes a session when what is there now has ended. A caller that leaves before that takes the change back.</summary>
    /// <param name="session">The session.</param>
    /// <param name="text">What the change holds in memory while it waits.</param>
    /// <param name="change">The change.</param>
    /// <param name="ct">Cancelled when the caller leaves.</param>
    /// <returns>Null, and no change, when too much waits.</returns>
    public Task<T>? ChangeInTurn<T>(SessionKey session, string text, Func<Task<T>> change, CancellationToken ct)
    {
        var asked = new LaneChange<T>(change);
        return lanes.TryArrive(session, asked.RunAsync, text) ? asked.OrGiveUpAsync(ct) : null;
    }
}
