namespace Chela.Gateway.Storage;

/// <summary>One thing that a journal has to do on a commit thread: write a batch, or something to its files as a whole.</summary>
/// <param name="act">Null for a batch. Runs while nothing else touches the journal's files.</param>
internal sealed class JournalWork(Action<JournalFiles>? act = null)
{
    // The failure is the result and not an exception of the task: a batch that nobody waits for must not end as unobserved.
    private readonly TaskCompletionSource<JournalWriteException?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly JournalBuffer _buffer = new();

    public bool IsBatch => act is null;

    /// <summary>What is to be done after this.</summary>
    public JournalWork? Next { get; set; }

    /// <summary>Somebody waits until the records, and all before them, are on disk.</summary>
    public bool Durable { get; set; }

    /// <summary>It holds a record that nobody waits for.</summary>
    public bool Unawaited { get; private set; }

    /// <summary>Why it must not be done: it follows records that were lost. Nothing more is added to it then.</summary>
    public JournalWriteException? Refused { get; set; }

    /// <summary>The records it holds.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of their lines.</summary>
    public int Length => _buffer.Length;

    /// <summary>One that is over before it begins.</summary>
    public static JournalWork Failed(JournalWriteException failure)
    {
        var work = new JournalWork();
        work.Complete(failure);
        return work;
    }

    /// <summary>Copies a record into the batch.</summary>
    public void Add(ReadOnlySpan<byte> record, bool awaited)
    {
        _buffer.Add(record);
        Count++;
        Durable |= awaited;
        Unawaited |= !awaited;
    }

    /// <summary>Called on a commit thread.</summary>
    public void Run(JournalFiles files)
    {
        if (act is null)
        {
            files.Write(_buffer.Lines, Count, Durable);
        }
        else
        {
            act(files);
        }
    }

    /// <summary>Wakes those who wait, on the thread pool.</summary>
    public void Complete(JournalWriteException? failure)
    {
        _buffer.Release();
        _done.SetResult(failure);
    }

    /// <summary>Returns when it is done. Giving up the wait does not undo the work.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        if (await _done.Task.WaitAsync(ct) is { } failure)
        {
            // One exception for each waiter: a shared one would gather the stack traces of all.
            throw new JournalWriteException(failure.Message, failure.InnerException);
        }
    }
}
