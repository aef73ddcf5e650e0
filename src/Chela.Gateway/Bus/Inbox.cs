using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Bus;

/// <summary>What the inbox says of a message.</summary>
internal enum Acceptance
{
    /// <summary>It is new, and on disk.</summary>
    New,

    /// <summary>It came before and its run has not ended.</summary>
    InFlight,

    /// <summary>It came before and its run has ended.</summary>
    Finished,

    /// <summary>Another message came under the same run id.</summary>
    Conflict,
}

/// <summary>
/// The messages that were accepted. A message is acknowledged only when it stands here on disk; one that comes again is
/// recognised, also after a restart; one whose run has not ended when the process dies is found at the next start.
/// </summary>
internal sealed class Inbox(Journal journal)
{
    /// <summary>How many ended runs are remembered to recognise repeated messages; the oldest are forgotten first.</summary>
    public const int MaxRemembered = 10_000;

    /// <summary>The journal is written anew, without what is over, when it has grown by this many bytes.</summary>
    private const long CompactAfterBytes = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<string> _ended = new();
    private long _compactAtBytes = CompactAfterBytes;

    /// <summary>Reads what earlier processes left.</summary>
    /// <returns>The messages whose runs did not end, in the order in which they were accepted.</returns>
    public async Task<IReadOnlyList<InboundMessage>> RecoverAsync(CancellationToken ct)
    {
        var unfinished = new Dictionary<string, InboundMessage>(StringComparer.Ordinal);
        await foreach (var line in journal.ReadAsync(ct))
        {
            var record = JsonSerializer.Deserialize(line.Span, BusJson.Default.InboxRecord)!;
            if (record.Kind == InboxRecord.Accepted)
            {
                _entries[record.RunId] = new Entry(record, Task.CompletedTask);
                unfinished[record.RunId] = ToMessage(record);
            }
            else
            {
                Remember(record);
                unfinished.Remove(record.RunId);
            }
        }

        return [.. unfinished.Values];
    }

    /// <summary>Accepts a message; returns when it is on disk.</summary>
    /// <exception cref="JournalWriteException">It could not be written; it counts as never sent.</exception>
    public async ValueTask<Acceptance> AcceptAsync(InboundMessage message)
    {
        var record = ToRecord(message);
        Entry entry;
        bool isNew;
        lock (_gate)
        {
            isNew = !_entries.TryGetValue(message.RunId, out entry!);
            if (isNew)
            {
                entry = new Entry(record, journal.AppendAsync(Serialize(record), CancellationToken.None).AsTask());
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
                _entries.Remove(message.RunId);
            }

            throw;
        }

        return isNew ? Acceptance.New
            : entry.Record.Print != record.Print ? Acceptance.Conflict
            : entry.Record.Kind == InboxRecord.Ended ? Acceptance.Finished
            : Acceptance.InFlight;
    }

    /// <summary>Notes that a run ended. Need not be on disk at once: at worst its end is found in the transcript.</summary>
    public void End(InboundMessage message, long nowMs)
    {
        var record = new InboxRecord(InboxRecord.Ended, message.RunId, Print(message), nowMs);
        lock (_gate)
        {
            Remember(record);
            Note(record);
            if (journal.Bytes < _compactAtBytes)
            {
                return;
            }

            _compactAtBytes = long.MaxValue;
            Compaction = CompactAsync([.. _entries.Values.Select(entry => (ReadOnlyMemory<byte>)Serialize(entry.Record))]);
        }
    }

    /// <summary>The last rewriting of the journal; awaited when the gateway stops.</summary>
    public Task Compaction { get; private set; } = Task.CompletedTask;

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

    private async Task CompactAsync(ReadOnlyMemory<byte>[] records)
    {
        try
        {
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

    private void Remember(InboxRecord ended)
    {
        _entries[ended.RunId] = new Entry(ended, Task.CompletedTask);
        _ended.Enqueue(ended.RunId);
        if (_ended.Count > MaxRemembered)
        {
            _entries.Remove(_ended.Dequeue());
        }
    }

    private static InboxRecord ToRecord(InboundMessage message) =>
        new(InboxRecord.Accepted, message.RunId, Print(message), message.TimestampMs)
        {
            Session = message.Session.Value,
            Content = message.Content,
            Channel = message.Channel,
            SenderId = message.SenderId,
        };

    private static InboundMessage ToMessage(InboxRecord record) =>
        SessionKey.TryParse(record.Session, out var session, out var problem)
            ? new(record.RunId, session, record.Content ?? "", record.Channel ?? "", record.SenderId ?? "", record.TimestampMs)
            : throw new InvalidDataException($"the inbox holds a message of a session that cannot be: {problem}");

    private static string Print(InboundMessage message) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{message.Session.Value}\n{message.Content}")).AsSpan(0, 8));

    private static byte[] Serialize(InboxRecord record) => StoredJson.ToBytes(record, BusJson.Default.InboxRecord);

    private sealed record Entry(InboxRecord Record, Task Durable);
}
