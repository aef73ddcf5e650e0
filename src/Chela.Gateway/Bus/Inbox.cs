using System.Text.Json;
using Chela.Contracts.Messages;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Bus;

/// <summary>
/// The messages that were accepted. A message is acknowledged only when it stands here on disk; one that comes again is
/// recognised, also after a restart; one whose run has not ended when the process dies is found at the next start.
/// </summary>
internal sealed class Inbox(Journal journal, GatewayMeter meter, TimeProvider time)
{
    /// <summary>How many ended runs are remembered to recognise repeated messages; the oldest are forgotten first.</summary>
    public const int MaxRemembered = 10_000;

    /// <summary>The journal is written anew, without what is over, when it has grown by this many bytes.</summary>
    private const long CompactAfterBytes = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<string> _ended = new();
    private long _compactAtBytes = CompactAfterBytes;
    private long _count;

    /// <summary>How many messages were accepted whose run has not ended.</summary>
    public int Depth => Unfinished().Count;

    /// <summary>The hashes of the files that came with them.</summary>
    public IEnumerable<string> Files => Unfinished().SelectMany(record => record.Attachments ?? []).Select(file => file.Sha256);

    /// <summary>Reads what earlier processes left.</summary>
    /// <returns>The turns whose runs did not end, in the order in which they were accepted.</returns>
    public async Task<IReadOnlyList<Turn>> RecoverAsync(CancellationToken ct)
    {
        await foreach (var line in journal.ReadAsync(ct))
        {
            var record = JsonSerializer.Deserialize(line.Span, BusJson.Default.InboxRecord)!;
            switch (record.Kind)
            {
                case InboxRecord.Accepted:
                    _entries[record.RunId] = new Entry(record, Task.CompletedTask, ++_count);
                    break;
                case InboxRecord.Stopped:
                    _entries.GetValueOrDefault(record.RunId)?.Stop();
                    break;
                case InboxRecord.Resumed:
                    _entries.GetValueOrDefault(record.RunId)?.Resume(record.Resumptions);
                    break;
                case InboxRecord.Ended:
                    Remember(record);
                    break;
            }
        }

        return [.. InOrder().Where(entry => entry.IsUnfinished).Select(entry => entry.Record.ToTurn())];
    }

    /// <summary>Accepts a message; returns when it is on disk.</summary>
    /// <exception cref="JournalWriteException">It could not be written; it counts as never sent.</exception>
    public ValueTask<Acceptance> AcceptAsync(InboundMessage message) => AcceptAsync(message, new TurnWishes(), new QueueSettings());

    /// <summary>The same for one whose sender wishes something of its run, or which waits in its own way.</summary>
    /// <exception cref="JournalWriteException">It could not be written; it counts as never sent.</exception>
    public async ValueTask<Acceptance> AcceptAsync(InboundMessage message, TurnWishes wishes, QueueSettings queue)
    {
        using var span = Traces.Begin("inbox.accept");
        var began = time.GetTimestamp();
        var record = InboxRecord.Of(message) with { Wishes = wishes, Queue = queue };
        Entry entry;
        bool isNew;
        lock (_gate)
        {
            isNew = !_entries.TryGetValue(message.RunId, out entry!);
            if (isNew)
            {
                entry = new Entry(record, journal.AppendAsync(Serialize(record), CancellationToken.None).AsTask(), ++_count);
                _entries.Add(message.RunId, entry);
            }
        }

        try
        {
            await entry.Durable; // a repeated message waits for the first one's record as well
        }
        catch (JournalWriteException)
        {
            lock (_gate)
            {
                if (_entries.GetValueOrDefault(message.RunId) == entry)
                {
                    _entries.Remove(message.RunId); // unless it came once more, and stands there anew
                }
            }

            throw;
        }

        if (!isNew)
        {
            return Compare(entry, record.Print);
        }

        meter.Accepted(time.GetElapsedTime(began));
        return Acceptance.New;
    }

    /// <summary>What is said of a message that came before; null for a new one. Waits until its record is on disk.</summary>
    /// <exception cref="JournalWriteException">Its record is being written, and cannot be.</exception>
    public async ValueTask<Acceptance?> RecogniseAsync(InboundMessage message)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(message.RunId, out entry))
            {
                return null;
            }
        }

        await entry.Durable;
        return Compare(entry, InboxRecord.PrintOf(message));
    }

    /// <summary>Notes that a run which the end of a process had cut off is begun again; returns when that is on disk.</summary>
    /// <returns>False when the disk refuses.</returns>
    public async ValueTask<bool> TryResumeAsync(Turn turn, long nowMs)
    {
        var record = InboxRecord.ResumptionOf(turn, nowMs);
        ValueTask written;
        lock (_gate)
        {
            _entries.GetValueOrDefault(turn.RunId)?.Resume(record.Resumptions);
            written = journal.AppendAsync(Serialize(record), CancellationToken.None);
        }

        try
        {
            await written;
            return true;
        }
        catch (JournalWriteException)
        {
            return false;
        }
    }

    /// <summary>Returns when the ends that were noted are on disk: before what they refer to goes.</summary>
    public ValueTask FlushAsync() => journal.FlushAsync();

    /// <summary>Notes that a run ended. Need not be on disk at once: at worst its end is found in the transcript.</summary>
    public void End(InboundMessage message, long nowMs)
    {
        var record = InboxRecord.EndOf(message, nowMs);
        lock (_gate)
        {
            Remember(record);
            Note(record);
            if (journal.Bytes < _compactAtBytes)
            {
                return;
            }

            _compactAtBytes = long.MaxValue;
            Compaction = CompactAsync([.. InOrder()]);
        }
    }

    /// <summary>Notes that a message was done with without a run, and what was answered; returns when that is on disk.</summary>
    /// <exception cref="JournalWriteException">It could not be written, and is not remembered.</exception>
    public async ValueTask EndAsync(InboundMessage message, string reply, long nowMs)
    {
        var record = InboxRecord.EndOf(message, nowMs) with { Content = reply };
        await journal.AppendAsync(Serialize(record), CancellationToken.None);
        lock (_gate)
        {
            Remember(record);
        }
    }

    /// <summary>Notes that a message was stopped while it waited; returns when that is on disk. Its run ends later.</summary>
    /// <returns>False when the disk refuses.</returns>
    public async ValueTask<bool> TryStopAsync(InboundMessage message, long nowMs)
    {
        try
        {
            await StopAsync(message.RunId, nowMs);
            return true;
        }
        catch (JournalWriteException)
        {
            return false;
        }
    }

    /// <summary>The end of a run that is still remembered; null for one that has not ended, or never was.</summary>
    public InboxRecord? EndOf(string runId)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(runId)?.Record is { Kind: InboxRecord.Ended } record ? record : null;
        }
    }

    /// <summary>The last rewriting of the journal; awaited when the gateway stops.</summary>
    public Task Compaction { get; private set; } = Task.CompletedTask;

    private List<InboxRecord> Unfinished()
    {
        lock (_gate)
        {
            return [.. _entries.Values.Where(entry => entry.IsUnfinished).Select(entry => entry.Record)];
        }
    }

    private ValueTask StopAsync(string runId, long nowMs)
    {
        lock (_gate)
        {
            if (_entries.GetValueOrDefault(runId) is not { Record: { Kind: InboxRecord.Accepted } accepted } entry)
            {
                return ValueTask.CompletedTask; // its run has ended meanwhile
            }

            entry.Stop();
            return journal.AppendAsync(Serialize(new InboxRecord(InboxRecord.Stopped, runId, accepted.Print, nowMs)), CancellationToken.None);
        }
    }

    /// <summary>Writes what nobody waits for. When the disk refuses, the next start looks for the run's end in its transcript.</summary>
    private void Note(InboxRecord record)
    {
        try
        {
            journal.Append(Serialize(record));
        }
        catch (JournalWriteException)
        {
            // As said above.
        }
    }

    private async Task CompactAsync(Entry[] entries)
    {
        try
        {
            // Read when all before it has been written or refused: what was refused must not come back.
            var records = entries.Where(entry => !entry.Durable.IsFaulted).Select(entry => (ReadOnlyMemory<byte>)Serialize(entry.Record));
            await journal.ReplaceAsync(records, CancellationToken.None);
        }
        catch (JournalWriteException)
        {
            // The old journal still holds everything; the next try comes after as much growth again.
        }

        lock (_gate)
        {
            _compactAtBytes = journal.Bytes + CompactAfterBytes;
        }
    }

    private static Acceptance Compare(Entry entry, string print) =>
        entry.Record.Print != print ? Acceptance.Conflict
        : entry.Record.Kind == InboxRecord.Ended ? Acceptance.Finished
        : Acceptance.InFlight;

    /// <summary>In the order in which they were written: a dictionary gives the place of what was removed to what comes.</summary>
    private IEnumerable<Entry> InOrder() => _entries.Values.OrderBy(entry => entry.Number);

    private void Remember(InboxRecord ended)
    {
        _entries[ended.RunId] = new Entry(ended, Task.CompletedTask, ++_count);
        _ended.Enqueue(ended.RunId);
        if (_ended.Count > MaxRemembered)
        {
            _entries.Remove(_ended.Dequeue());
        }
    }

    private static byte[] Serialize(InboxRecord record) => StoredJson.ToBytes(record, BusJson.Default.InboxRecord);

    /// <summary>Compared by reference: another one under the same id is another message.</summary>
    private sealed class Entry(InboxRecord record, Task durable, long number)
    {
        public long Number => number;

        public InboxRecord Record => record;

        public bool IsUnfinished => record.Kind == InboxRecord.Accepted;

        public Task Durable => durable;

        public void Stop() => record = record with { IsStopped = true };

        public void Resume(int times) => record = record with { Resumptions = times };
    }
}
