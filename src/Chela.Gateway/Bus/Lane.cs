using Chela.Gateway.Bus.Queue;

namespace Chela.Gateway.Bus;

/// <summary>The lane of one session, as long as it has something to do.</summary>
internal sealed class Lane
{
    public LaneQueue Queue { get; } = new();

    /// <summary>Places for turns that are not in the queue yet.</summary>
    public int Reserved { get; set; }

    /// <summary>Wakes the lane when no more messages have come for a while; null where it never had to wait.</summary>
    public ITimer? Quiet { get; set; }

    public Task Worker { get; set; } = Task.CompletedTask;
}
