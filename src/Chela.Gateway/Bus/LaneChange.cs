using System.Diagnostics.CodeAnalysis;

namespace Chela.Gateway.Bus;

/// <summary>A change of a session as a whole, and how it ended for whoever asked for it.</summary>
internal sealed class LaneChange<T>(Func<Task<T>> change)
{
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Outcome => _outcome.Task;

    /// <summary>Makes the change. Does not throw.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whoever asked for the change hears how it ended.")]
    public async Task RunAsync()
    {
        try
        {
            _outcome.SetResult(await change());
        }
        catch (Exception e)
        {
            _outcome.SetException(e);
        }
    }
}
