namespace Chela.Gateway.Storage;

/// <summary>A record that waits for room among the pending ones. Either it is admitted or its caller gives up, never both.</summary>
internal sealed class JournalWaiter(ReadOnlyMemory<byte> record)
{
    private readonly TaskCompletionSource<JournalWork> _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    public ReadOnlyMemory<byte> Record { get; } = record;

    /// <summary>Decides for admission; false when the caller has given up, and then the record's memory must not be read.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _taken, 1) == 0;

    /// <summary>Tells the caller which batch its record is in.</summary>
    public void Admit(JournalWork work) => _admitted.SetResult(work);

    public async Task<JournalWork> WaitAsync(CancellationToken ct)
    {
        await using var giveUp = ct.UnsafeRegister(static (waiter, token) => ((JournalWaiter)waiter!).GiveUp(token), this);
        return await _admitted.Task;
    }

    private void GiveUp(CancellationToken ct)
    {
        if (TryClaim())
        {
            _admitted.SetCanceled(ct);
        }
    }
}
