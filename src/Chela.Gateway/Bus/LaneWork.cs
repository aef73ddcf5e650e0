using Chela.Contracts.Sessions;

namespace Chela.Gateway.Bus;

/// <summary>
/// Work in a session's lane that is no run and takes as long as one: it waits for its turn, has a place among the runs that go on at once, and is
/// stopped by what stops the runs of its session.
/// </summary>
internal sealed class LaneWork(Lanes lanes, LaneChanges changes, RunSlots slots)
{
    private readonly Lock _gate = new();
    private readonly List<(SessionKey Session, CancellationTokenSource Stop)> _asked = [];

    /// <summary>Does it when what is there now has ended. A caller that leaves before that takes it back.</summary>
    /// <param name="session">The session.</param>
    /// <param name="text">What the work holds in memory while it waits.</param>
    /// <param name="work">The work; it ends early when its token is cancelled.</param>
    /// <param name="ct">Cancelled when the caller leaves.</param>
    /// <exception cref="Contracts.Errors.RpcException">Too much waits.</exception>
    /// <exception cref="OperationCanceledException">It was stopped, or taken back.</exception>
    public async Task<T> DoAsync<T>(SessionKey session, string text, Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(lanes.Stopping);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, ct);
        lock (_gate)
        {
            _asked.Add((session, stop));
        }

        try
        {
            return await (changes.ChangeInTurn(session, text, () => DoAsync(session, work, stop.Token), either.Token) ?? throw LaneChanges.TooMuchWaits());
        }
        finally
        {
            lock (_gate)
            {
                _asked.Remove((session, stop));
            }
        }
    }

    /// <summary>Stops all work that is done in a session, or waits there.</summary>
    /// <returns>How much there was.</returns>
    public async Task<int> StopAsync(SessionKey session)
    {
        Task[] stopping;
        lock (_gate)
        {
            var those = _asked.Where(one => one.Session == session && !one.Stop.IsCancellationRequested).Reverse(); // what waits first, or it would begin
            stopping = [.. those.Select(one => one.Stop.CancelAsync())];
        }

        await Task.WhenAll(stopping);
        return stopping.Length;
    }

    private async Task<T> DoAsync<T>(SessionKey session, Func<CancellationToken, Task<T>> work, CancellationToken stop)
    {
        var slot = slots.NewSlot(session);
        await slot.TakeAsync(stop);
        try
        {
            stop.ThrowIfCancellationRequested();
            return await work(stop);
        }
        finally
        {
            slot.Release();
        }
    }
}
