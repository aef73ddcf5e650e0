namespace Chela.Gateway.Storage;

/// <summary>
/// What a journal still has to do, in order, and the appends that wait until there is room for them. Used under the journal's
/// gate. Bounded by the bytes of the records; work without records has a caller who waits for it.
/// </summary>
internal sealed class JournalQueue(long maxPending)
{
    private JournalWork? _head;
    private JournalWork? _tail;
    private Queue<JournalWaiter>? _waiting;
    private JournalWriteException? _lost;

    /// <summary>The bytes of lines that are queued or being written.</summary>
    public long PendingBytes { get; private set; }

    public bool HasWork => _head is not null;

    /// <summary>Whether a record may be added now. Never ahead of one that waits; a record alone always may.</summary>
    public bool HasRoom(int length) => _waiting is not { Count: > 0 } && Fits(length);

    /// <summary>Adds a record to the last batch.</summary>
    public JournalWork Add(ReadOnlySpan<byte> record, bool awaited)
    {
        var batch = OpenBatch();
        var before = batch.Length;
        batch.Add(record, awaited);
        PendingBytes += batch.Length - before;
        return batch;
    }

    /// <summary>Puts a record behind those that wait for room.</summary>
    public JournalWaiter Wait(ReadOnlyMemory<byte> record)
    {
        var waiter = new JournalWaiter(record);
        (_waiting ??= new()).Enqueue(waiter);
        return waiter;
    }

    /// <summary>The batch that is still open to records, behind everything queued.</summary>
    public JournalWork OpenBatch() => _tail is { IsBatch: true, Refused: null } ? _tail : Enqueue(new JournalWork());

    public JournalWork Enqueue(JournalWork work)
    {
        _head ??= work;
        _tail?.Next = work;
        _tail = work;
        return work;
    }

    /// <summary>Takes the oldest, or null.</summary>
    public JournalWork? Take()
    {
        var work = _head;
        _head = work?.Next;
        _tail = _head is null ? null : _tail;
        return work;
    }

    /// <summary>Gives the room of finished work to those that wait for it.</summary>
    public void Finish(JournalWork work)
    {
        PendingBytes -= work.Length;
        while (_waiting is not null && _waiting.TryPeek(out var waiter) && Fits(waiter.Record.Length))
        {
            _waiting.Dequeue();
            if (waiter.TryClaim())
            {
                waiter.Admit(_lost is null ? Add(waiter.Record.Span, awaited: true) : JournalWork.Failed(_lost));
            }
        }

        _waiting = _waiting is { Count: > 0 } ? _waiting : null;
    }

    /// <summary>Records that nobody waits for were lost: what stands behind them must not be acknowledged.</summary>
    public void RefuseFollowers(JournalWriteException failure)
    {
        _lost = failure;
        for (var work = _head; work is not null; work = work.Next)
        {
            work.Refused = work.IsBatch ? failure : null;
        }
    }

    /// <summary>Tells of lost records once.</summary>
    public void ThrowIfLost()
    {
        if (_lost is { } failure)
        {
            _lost = null;
            throw new JournalWriteException($"Records appended before were lost. {failure.Message}", failure.InnerException);
        }
    }

    private bool Fits(int length) => PendingBytes == 0 || PendingBytes + length + JournalLine.Overhead <= maxPending;
}
