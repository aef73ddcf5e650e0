using System.Diagnostics.CodeAnalysis;

namespace Chela.Gateway.Bus;

/// <summary>A change of a session that waits for its turn, and how it ended for whoever asked for it.</summary>
internal sealed class LaneChange<T>(Func<Task<T>> change)
{
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isTaken;

    public Task<T> Outcome => _outcome.Task;

    /// <summary>Makes the change, unless nobody wants it any more. Does not throw.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whoever asked for the change hears how it ended.")]
    public async Task RunAsync()
    {
        if (Interlocked.Exchange(ref _isTaken, 1) != 0)
        {
            return;
        }

        try
        {
            _outcome.SetResult(await change());
        }
        catch (Exception e)
        {
            _outcome.SetException(e);
        }
    }

    /// <summary>The outcome; a caller that leaves before the change has begun takes it back.</summary>
    public async Task<T> OrGiveUpAsync(CancellationToken ct)
    {
        await using var left = ct.UnsafeRegister(_ => GiveUp(ct), null);
        return await Outcome;
    }

    private void GiveUp(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _isTaken, 1) == 0)
        {
            _outcome.SetCanceled(ct);
        }
    }
}
