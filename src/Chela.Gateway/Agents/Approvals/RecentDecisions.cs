namespace Chela.Gateway.Agents.Approvals;

/// <summary>What was decided a moment ago, for those who ask late (03-methods § 5.10).</summary>
internal sealed class RecentDecisions(TimeProvider time)
{
    /// <summary>So long one is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(15);

    /// <summary>So many are kept, the newest.</summary>
    private const int Most = 200;

    private readonly Lock _gate = new();
    private readonly LinkedList<(ApprovalOutcome Outcome, long Since)> _newestFirst = [];

    /// <summary>Keeps one.</summary>
    public void Add(ApprovalOutcome outcome)
    {
        lock (_gate)
        {
            _newestFirst.AddFirst((outcome, time.GetTimestamp()));
            while (_newestFirst.Count > Most)
            {
                _newestFirst.RemoveLast();
            }
        }
    }

    /// <summary>The last outcome of this id; null when there was none lately.</summary>
    public ApprovalOutcome? Find(string id)
    {
        lock (_gate)
        {
            while (_newestFirst.Last is { Value.Since: var since } && time.GetElapsedTime(since) >= Kept)
            {
                _newestFirst.RemoveLast();
            }

            return _newestFirst.FirstOrDefault(one => string.Equals(one.Outcome.Approval.Id, id, StringComparison.OrdinalIgnoreCase)).Outcome;
        }
    }
}
