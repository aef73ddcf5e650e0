namespace Chela.Gateway.Storage;

/// <summary>
/// The threads on which all journals of a process reach the disk, so that no thread of the pool ever waits for it. A journal
/// stands in the queue at most once and each bounds its own pending bytes, so the queue is bounded by the number of journals.
/// Journals take turns, one batch at a time.
/// </summary>
internal sealed class JournalCommitter : IAsyncDisposable
{
    // A monitor and not a Lock: the threads wait on it.
    private readonly object _gate = new();
    private readonly Queue<Journal> _queue = new();
    private readonly TaskCompletionSource[] _ended;
    private bool _closed;

    /// <summary>
    /// Starts the threads. They sleep in fsync nearly always, so their number is not one of processors: file systems join the
    /// fsyncs of several files that are under way together, and that is all they are for.
    /// </summary>
    public JournalCommitter(int threads = 4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _ended = new TaskCompletionSource[threads];
        for (var i = 0; i < threads; i++)
        {
            var ended = _ended[i] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() => Loop(ended)) { IsBackground = true, Name = $"journal {i + 1}" }.Start();
        }
    }

    /// <summary>Puts a journal with work into the queue. A journal that is queued or at work must not be put there again.</summary>
    public void Schedule(Journal journal)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _queue.Enqueue(journal);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Refuses journals that are idle and returns when everything queued is done.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        return new ValueTask(Task.WhenAll(_ended.Select(ended => ended.Task)));
    }

    private void Loop(TaskCompletionSource ended)
    {
        Journal? unfinished = null;
        while (Take(unfinished) is { } journal)
        {
            unfinished = journal.RunNext() ? journal : null;
        }

        ended.SetResult();
    }

    /// <summary>Gives the next journal, or null when the thread is to end.</summary>
    private Journal? Take(Journal? unfinished)
    {
        lock (_gate)
        {
            if (unfinished is not null)
            {
                _queue.Enqueue(unfinished);
            }

            while (_queue.Count == 0)
            {
                if (_closed)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            return _queue.Dequeue();
        }
    }
}
