using System.Collections.Concurrent;

namespace Chela.Gateway.Tests.Agents.Providers;

/// <summary>A clock on which waits are written down and either end at once or never.</summary>
internal sealed class WaitRecorder(bool ends) : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<TimeSpan> Waits => [.. _waits];

    /// <summary>Completes when somebody waits.</summary>
    public Task Waiting => _waiting.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.Enqueue(dueTime);
        _waiting.TrySetResult();
        return System.CreateTimer(callback, state, ends ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
