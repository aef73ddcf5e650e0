namespace Chela.Gateway.Agents.Approvals;

/// <summary>An approval until it has an outcome. Of those who would end it, one does.</summary>
internal sealed class WaitingApproval(Approval approval)
{
    private int _claims;
    private int _isOver;

    public Approval Approval => approval;

    /// <summary>The decision; null when there is none.</summary>
    public TaskCompletionSource<ApprovalDecision?> Decision { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True once nobody waits for a decision any more.</summary>
    public bool IsOver => Volatile.Read(ref _isOver) == 1;

    /// <summary>True for the first who would end it.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _claims, 1) == 0;

    /// <summary>Whoever claimed it cannot end it: another one may.</summary>
    public void GiveBack() => Interlocked.Exchange(ref _claims, 0);

    /// <summary>Nobody waits for a decision any more.</summary>
    /// <returns>True when it is for the caller to end it; false when somebody is about to.</returns>
    public bool TryClaimAsOver()
    {
        Interlocked.Exchange(ref _isOver, 1);
        return TryClaim();
    }
}
