using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Chela.Gateway.Storage;

/// <summary>
/// An append-only sequence of JSON records that survives crashes, in a run of bounded files. Appends that come together share one
/// write and one fsync. Only one journal object may stand for a set of files; it holds no file open while it is idle and needs
/// no disposal. All members may be called from any thread.
/// </summary>
internal sealed class Journal
{
    private readonly Lock _gate = new();
    private readonly JournalCommitter _committer;
    private readonly JournalOptions _options;
    private readonly JournalFiles _files;
    private readonly JournalQueue _queue;
    private readonly string _place;
    private bool _scheduled;

    private Journal(JournalCommitter committer, JournalOptions options, JournalFiles files, JournalPath path, JournalRepair? repair)
    {
        _place = Path.Combine(path.Directory, path.Name);
        _committer = committer;
        _options = options;
        _files = files;
        _queue = new JournalQueue(options.PendingBytes);
        Repair = repair;
    }

    /// <summary>What was cut off when the journal was opened; null when its end was whole.</summary>
    public JournalRepair? Repair { get; }

    /// <summary>The records in the files.</summary>
    public long Count => _files.Extent.Count;

    /// <summary>Those of them that no end of the process or the machine takes.</summary>
    public long DurableCount => _files.Durable.Count;

    /// <summary>The length of the files.</summary>
    public long Bytes => _files.Extent.Bytes;

    /// <summary>
    /// Checks every record there is; nothing is created before the first append. Throws <see cref="JournalCorruptException"/> and
    /// leaves the files alone when more than the end is damaged. Blocks while it reads.
    /// </summary>
    public static Journal Open(string directory, string name, JournalCommitter committer, JournalOptions? options = null)
    {
        options ??= JournalOptions.Default;
        var path = new JournalPath(directory, name);
        var recovery = new JournalRecovery(path, options);
        var files = new JournalFiles(path, options, recovery.Run());
        return new Journal(committer, options, files, path, recovery.Repair);
    }

    /// <summary>
    /// Returns when the record, and every one appended before it, is on disk. Records stand in the order of the calls. While too
    /// much is pending it waits its turn. When it throws <see cref="JournalWriteException"/> the record is not in the journal, or
    /// the journal takes nothing any more and opening it anew will tell; when it is cancelled the record may be there.
    /// The memory may be reused as soon as the task has ended.
    /// </summary>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> record, CancellationToken ct = default)
    {
        JournalLine.Require(record.Span, _options.RecordBytes);
        ct.ThrowIfCancellationRequested();
        JournalWork? batch = null;
        JournalWaiter? waiter = null;
        lock (_gate)
        {
            _queue.ThrowIfLost();
            Schedule();
            if (_queue.HasRoom(record.Length))
            {
                batch = _queue.Add(record.Span, awaited: true);
            }
            else
            {
                waiter = _queue.Wait(record);
            }
        }

        batch ??= await waiter!.WaitAsync(ct); // one of the two was set
        await batch.WaitAsync(ct);
    }

    /// <summary>
    /// Copies the record into the next batch and returns at once; it reaches the file soon and the disk with the next fsync. Throws
    /// <see cref="JournalFullException"/> when too much is pending. A later failure to write it fails all appends that are
    /// queued behind it and the next append or flush, so that nothing is acknowledged over a hole that nobody heard of.
    /// </summary>
    public void Append(ReadOnlyMemory<byte> record)
    {
        JournalLine.Require(record.Span, _options.RecordBytes);
        lock (_gate)
        {
            _queue.ThrowIfLost();
            if (!_queue.HasRoom(record.Length))
            {
                throw new JournalFullException($"{_queue.PendingBytes} bytes wait for the disk, and no more may.");
            }

            Schedule();
            _queue.Add(record.Span, awaited: false);
        }
    }

    /// <summary>Returns when everything appended before is on disk.</summary>
    public async ValueTask FlushAsync(CancellationToken ct = default)
    {
        JournalWork batch;
        lock (_gate)
        {
            _queue.ThrowIfLost();
            if (!_scheduled && !_files.HasUnsynced && !_files.IsBroken)
            {
                return;
            }

            Schedule();
            batch = _queue.OpenBatch();
            batch.Durable = true;
        }

        await batch.WaitAsync(ct);
    }

    /// <summary>
    /// Streams all records from the first, those included that were appended before the enumeration began. A record is valid until
    /// the next is asked for. What happens to the journal meanwhile does not change what is read.
    /// </summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        using var snapshot = await SnapshotAsync();
        await foreach (var record in snapshot.ReadAsync(_options.LineBytes, ct))
        {
            yield return record;
        }
    }

    /// <summary>
    /// Gives the last records in order, as many as fit both limits, without reading the others. A last record larger than
    /// <paramref name="maxBytes"/> gives an empty list.
    /// </summary>
    public async Task<IReadOnlyList<byte[]>> ReadTailAsync(int maxRecords, long maxBytes, CancellationToken ct = default)
    {
        using var snapshot = await SnapshotAsync();
        using var tail = new JournalTail(snapshot, _options.LineBytes);
        return await tail.ReadAsync(maxRecords, maxBytes, ct);
    }

    /// <summary>
    /// Puts these records in the place of everything appended before the call; what is appended later comes behind them. A crash
    /// leaves the old records, or the last of the old and behind them all of the new, or the new: so replaying old and then
    /// new must come to the same as replaying the new alone. The sequence is enumerated on a commit thread: it must not block
    /// or call the journal. When it throws nothing was replaced, or the journal refuses further use and says so.
    /// </summary>
    public Task ReplaceAsync(IEnumerable<ReadOnlyMemory<byte>> records, CancellationToken ct = default) =>
        RunAloneAsync(files => files.Replace(records), ct);

    /// <summary>Removes all records, and the damaged ends that repairs set aside. The journal may be appended to again.</summary>
    public Task DeleteAsync(CancellationToken ct = default) => RunAloneAsync(files => files.Delete(), ct);

    /// <summary>Does the oldest piece of work; true when more is left. Called by the committer alone, by one thread at a time.</summary>
    internal bool RunNext()
    {
        JournalWork? work;
        lock (_gate)
        {
            work = _queue.Take();
            if (work is null)
            {
                return _scheduled = false;
            }
        }

        var before = Count;
        var failure = work.Refused ?? Run(work);
        _options.Faults?.Note(_place, failure);
        bool more;
        lock (_gate)
        {
            if (failure is not null && work.Refused is null && (work.Unawaited || Count < before))
            {
                _queue.RefuseFollowers(failure);
            }

            _queue.Finish(work);
            more = _scheduled = _queue.HasWork;
        }

        work.Complete(failure);
        return more;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A commit thread serves all journals: what fails breaks one only.")]
    private JournalWriteException? Run(JournalWork work)
    {
        try
        {
            work.Run(_files);
            return null;
        }
        catch (JournalWriteException e)
        {
            return e;
        }
        catch (Exception e)
        {
            _files.Break(e);
            return new JournalWriteException($"The journal failed and takes nothing until it is opened anew: {e.Message}", e);
        }
    }

    /// <summary>Before work is queued, as it throws when the committer is closed; the thread that comes waits for the gate.</summary>
    private void Schedule()
    {
        if (!_scheduled)
        {
            _committer.Schedule(this);
            _scheduled = true;
        }
    }

    private async Task RunAloneAsync(Action<JournalFiles> act, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        JournalWork work;
        lock (_gate)
        {
            Schedule();
            work = _queue.Enqueue(new JournalWork(act));
        }

        await work.WaitAsync(ct);
    }

    /// <summary>At once when nothing is under way, else in its turn. Not cancelled: the open files would be lost.</summary>
    private async ValueTask<JournalSnapshot> SnapshotAsync()
    {
        // As a task, so that a file that cannot be opened fails this reader and not the journal.
        var taking = new Task<JournalSnapshot>(_files.Snapshot, TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_scheduled)
            {
                return _files.Snapshot();
            }

            _queue.Enqueue(new JournalWork(_ => taking.RunSynchronously(TaskScheduler.Default)));
        }

        return await taking;
    }
}
