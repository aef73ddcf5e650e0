using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Chela.Contracts.Sessions;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions;

/// <summary>
/// The list of sessions, in memory and as a journal of changes. That a session exists is on disk before its first message is
/// acknowledged; counters and previews follow without waiting, for the transcript holds the truth.
/// </summary>
internal sealed class SessionTable(Journal journal, TimeProvider time)
{
    /// <summary>How many sessions <see cref="Newest"/> holds: what health and status show.</summary>
    public const int MaxNewest = 10;

    private const long CompactAfterBytes = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<SessionKey, SessionEntry> _entries = [];
    private readonly Dictionary<SessionKey, Task> _creations = [];
    private long _compactAtBytes = CompactAfterBytes;

    /// <summary>How many sessions there are.</summary>
    public int Count => _entries.Count;

    /// <summary>The sessions, in no order; they may change while this is read.</summary>
    public IEnumerable<SessionEntry> All => _entries.Select(pair => pair.Value);

    /// <summary>The sessions that changed last, newest first; at most <see cref="MaxNewest"/>.</summary>
    public ImmutableArray<SessionEntry> Newest { get; private set; } = [];

    /// <summary>The last rewriting of the journal; awaited when the gateway stops.</summary>
    public Task Compaction { get; private set; } = Task.CompletedTask;

    public async Task LoadAsync(CancellationToken ct)
    {
        await foreach (var line in journal.ReadAsync(ct))
        {
            var entry = JsonSerializer.Deserialize(line.Span, SessionsJson.Default.SessionEntry)!;
            if (entry.Deleted)
            {
                _entries.TryRemove(entry.SessionKey, out _);
            }
            else
            {
                _entries[entry.SessionKey] = entry;
            }
        }

        FindNewest();
    }

    public SessionEntry? Find(SessionKey key) => _entries.GetValueOrDefault(key);

    /// <summary>The session with this key, made when there is none; returns when it is on disk.</summary>
    public async ValueTask<SessionEntry> GetOrCreateAsync(SessionKey key, CancellationToken ct)
    {
        Task creation;
        SessionEntry? entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out entry))
            {
                entry = new SessionEntry(key.Value, Guid.NewGuid().ToString(), NowMs());
                _entries[key] = entry;
                PutFirst(entry);
                _creations[key] = WriteAsync(entry);
            }

            creation = _creations.GetValueOrDefault(key, Task.CompletedTask);
        }

        try
        {
            await creation.WaitAsync(ct);
        }
        catch (JournalWriteException)
        {
            Forget(key, entry);
            throw;
        }

        return entry;
    }

    /// <summary>Changes what is known of a session; does nothing when the session is gone.</summary>
    public void Update(SessionKey key, Func<SessionEntry, SessionEntry> change)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var entry))
            {
                _entries[key] = change(entry) with { UpdatedAtMs = NowMs() };
                PutFirst(_entries[key]);
                Note(_entries[key]);
                CompactWhenLarge();
            }
        }
    }

    /// <summary>Removes a session from the list; returns when that is on disk.</summary>
    /// <returns>The session removed; null when there was none.</returns>
    public async ValueTask<SessionEntry?> RemoveAsync(SessionKey key, CancellationToken ct)
    {
        ValueTask written;
        SessionEntry? entry;
        lock (_gate)
        {
            if (!_entries.TryRemove(key, out entry))
            {
                return null;
            }

            FindNewest();
            written = journal.AppendAsync(Serialize(entry with { Deleted = true }), ct);
        }

        await written;
        return entry;
    }

    /// <summary>Writes a change that nobody waits for. When the disk refuses, the next change of the session brings it again.</summary>
    private void Note(SessionEntry entry)
    {
        try
        {
            journal.Append(Serialize(entry));
        }
        catch (JournalWriteException)
        {
            // Counters and previews only; the transcript holds the truth.
        }
    }

    private async Task WriteAsync(SessionEntry entry)
    {
        await journal.AppendAsync(Serialize(entry), CancellationToken.None);
        lock (_gate)
        {
            _creations.Remove(entry.SessionKey);
        }
    }

    private void Forget(SessionKey key, SessionEntry entry)
    {
        lock (_gate)
        {
            _creations.Remove(key);
            _entries.TryRemove(new(key, entry));
            FindNewest();
        }
    }

    private void PutFirst(SessionEntry entry) =>
        Newest = [.. Newest.Where(other => other.Key != entry.Key).Prepend(entry).Take(MaxNewest)];

    private void FindNewest() => Newest = [.. All.OrderByDescending(entry => entry.UpdatedAtMs).Take(MaxNewest)];

    private void CompactWhenLarge()
    {
        if (journal.Bytes >= _compactAtBytes)
        {
            _compactAtBytes = long.MaxValue;
            Compaction = CompactAsync([.. _entries.Values.Select(entry => (ReadOnlyMemory<byte>)Serialize(entry))]);
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

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static byte[] Serialize(SessionEntry entry) => StoredJson.ToBytes(entry, SessionsJson.Default.SessionEntry);
}
