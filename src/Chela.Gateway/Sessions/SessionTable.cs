using System.Collections.Immutable;
using Chela.Contracts.Sessions;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions;

/// <summary>
/// The list of sessions, in memory and as a journal of changes. That a session exists is on disk before its first message is
/// acknowledged; counters and previews follow without waiting, for the transcript holds the truth.
/// </summary>
internal sealed class SessionTable(SessionJournal journal, TimeProvider time)
{
    /// <summary>How many sessions <see cref="Newest"/> holds: what health and status show.</summary>
    public const int MaxNewest = 10;

    private readonly Lock _gate = new();
    private readonly SessionIndex _index = new();
    private readonly Dictionary<SessionKey, Task> _creations = [];

    /// <summary>How many sessions there are.</summary>
    public int Count => Read(index => index.Count);

    /// <summary>The sessions at this moment, newest first.</summary>
    public IReadOnlyList<SessionEntry> All => Read(index => index.All);

    /// <summary>The same, ready to be looked through.</summary>
    public SessionView View => Read(index => index.View);

    /// <summary>The sessions that changed last, newest first, without archived ones; at most <see cref="MaxNewest"/>.</summary>
    public ImmutableArray<SessionEntry> Newest { get; private set; } = [];

    /// <summary>True when nothing was ever written to the list.</summary>
    public bool IsBlank => journal.IsBlank;

    /// <inheritdoc cref="SessionJournal.IsGone"/>
    public bool IsGone => journal.IsGone;

    /// <summary>The last rewriting of the journal; awaited when the gateway stops.</summary>
    public Task Compaction => journal.Compaction;

    public async Task LoadAsync(CancellationToken ct)
    {
        var found = new Dictionary<SessionKey, SessionEntry>();
        await foreach (var entry in journal.ReadAsync(ct))
        {
            found[entry.SessionKey] = entry;
        }

        lock (_gate)
        {
            foreach (var (key, entry) in found.Where(pair => !pair.Value.Deleted).OrderBy(pair => pair.Value.UpdatedAtMs))
            {
                _index.Put(key, entry with { Key = key.Value }); // an old word in it is a new one now
            }

            Newest = [.. _index.Page(0, MaxNewest)];
        }
    }

    public SessionEntry? Find(SessionKey key) => Read(index => index.Find(key));

    /// <summary>The session whose present transcript has this id; null when there is none.</summary>
    public SessionEntry? FindById(string sessionId) => Read(index => index.FindById(sessionId));

    /// <summary>The session of an agent that has this label; null when there is none.</summary>
    public SessionEntry? FindByLabel(string agentId, string label) => Read(index => index.FindByLabel(agentId, label));

    /// <summary>The sessions that this one had made for parts of its task.</summary>
    public IReadOnlyList<SessionEntry> SpawnedBy(SessionKey key) => Read(index => index.SpawnedBy(key));

    /// <summary>How many sessions an agent has.</summary>
    public int CountOf(string agentId) => Read(index => index.CountOf(agentId));

    /// <summary>A page of the sessions that are not archived, newest first, and how many these are.</summary>
    public (IReadOnlyList<SessionEntry> Page, int Count) Page(int offset, int limit) =>
        Read<(IReadOnlyList<SessionEntry>, int)>(index => (index.Page(offset, limit), index.Unarchived));

    /// <summary>The session with this key, made when there is none; returns when it is on disk.</summary>
    public ValueTask<SessionEntry> GetOrCreateAsync(SessionKey key, CancellationToken ct) =>
        GetOrAddAsync(key, () => new SessionEntry(key.Value, Guid.NewGuid().ToString(), NowMs()), ct);

    /// <summary>Adds a session of which more is known than its key; returns when it is on disk.</summary>
    /// <returns>False when there is one of this key.</returns>
    public async ValueTask<bool> TryAddAsync(SessionKey key, SessionEntry entry)
    {
        var added = entry with { UpdatedAtMs = NowMs() };
        return ReferenceEquals(await GetOrAddAsync(key, () => added, CancellationToken.None), added);
    }

    private async ValueTask<SessionEntry> GetOrAddAsync(SessionKey key, Func<SessionEntry> make, CancellationToken ct)
    {
        Task creation;
        SessionEntry? entry;
        lock (_gate)
        {
            entry = _index.Find(key);
            if (entry is null)
            {
                entry = make();
                Put(key, entry);
                _creations[key] = journal.AppendAsync(entry).AsTask();
            }

            creation = _creations.GetValueOrDefault(key, Task.CompletedTask);
        }

        try
        {
            await creation.WaitAsync(ct);
            return entry;
        }
        finally
        {
            if (creation.IsCompleted)
            {
                Created(key, creation);
            }
        }
    }

    /// <summary>Changes what is known of a session; does nothing when the session is gone.</summary>
    public void Update(SessionKey key, Func<SessionEntry, SessionEntry> change)
    {
        lock (_gate)
        {
            if (_index.Find(key) is { } before)
            {
                var entry = Changed(before, change);
                Put(key, entry);
                journal.Note(entry);
                journal.CompactWhenLarge(_index);
            }
        }
    }

    /// <summary>The same for what a person asked for: returns when it is on disk, and changes nothing when the disk refuses.</summary>
    /// <returns>The session; null when it is gone.</returns>
    public async ValueTask<SessionEntry?> UpdateAsync(SessionKey key, Func<SessionEntry, SessionEntry> change)
    {
        SessionEntry? before;
        SessionEntry entry;
        ValueTask written;
        lock (_gate)
        {
            before = _index.Find(key);
            if (before is null)
            {
                return null;
            }

            entry = Changed(before, change);
            Put(key, entry);
            written = journal.AppendAsync(entry);
            journal.CompactWhenLarge(_index);
        }

        await OrRestoreAsync(written, key, before, entry);
        return entry;
    }

    /// <summary>Begins a session anew under its key, with an empty transcript; returns when that is on disk.</summary>
    /// <param name="key">The session.</param>
    /// <param name="by">The message that says so; null where none does.</param>
    public async ValueTask<SessionEntry> ResetAsync(SessionKey key, string? by = null)
    {
        SessionEntry? before;
        SessionEntry entry;
        ValueTask written;
        lock (_gate)
        {
            var nowMs = NowMs();
            before = _index.Find(key);
            entry = new SessionEntry(key.Value, Guid.NewGuid().ToString(), before?.CreatedAtMs ?? nowMs)
            {
                UpdatedAtMs = nowMs,
                StartedAtMs = nowMs,
                BegunBy = by,
                Label = before?.Label,
                PinnedAtMs = before?.PinnedAtMs,
                ArchivedAtMs = before?.ArchivedAtMs,
                Spawn = before?.Spawn,
                ModelOverride = before?.ModelOverride,
                ThinkingLevel = before?.ThinkingLevel,
                QueueMode = before?.QueueMode,
                QueueDebounceMs = before?.QueueDebounceMs,
                QueueCap = before?.QueueCap,
                QueueDrop = before?.QueueDrop,
            };
            Put(key, entry);
            written = journal.AppendAsync(entry);
        }

        await OrRestoreAsync(written, key, before, entry);
        return entry;
    }

    /// <summary>Removes a session from the list; returns when that is on disk.</summary>
    /// <returns>The session removed; null when there was none.</returns>
    public async ValueTask<SessionEntry?> RemoveAsync(SessionKey key)
    {
        ValueTask written;
        SessionEntry? entry;
        lock (_gate)
        {
            entry = Remove(key);
            if (entry is null)
            {
                return null;
            }

            written = journal.AppendAsync(entry with { Deleted = true });
        }

        await OrRestoreAsync(written, key, entry, null);
        return entry;
    }

    /// <summary>Waits for a change; when the disk refuses it, everything is as it was.</summary>
    private async ValueTask OrRestoreAsync(ValueTask written, SessionKey key, SessionEntry? before, SessionEntry? after)
    {
        try
        {
            await written;
        }
        catch (JournalWriteException)
        {
            lock (_gate)
            {
                var isAsLeft = Remove(key) == after;
                if (before is not null)
                {
                    Put(key, before);
                }

                if (!isAsLeft)
                {
                    journal.Note(before ?? new SessionEntry(key.Value, "", 0) { Deleted = true }); // something may stand on disk that was made of it
                }
            }

            throw;
        }
    }

    /// <summary>A session is on disk; or it is not, and was never there.</summary>
    private void Created(SessionKey key, Task creation)
    {
        lock (_gate)
        {
            if (_creations.GetValueOrDefault(key) != creation)
            {
                return; // another one was quicker, and by now the key may stand for another session
            }

            _creations.Remove(key);
            if (creation.IsFaulted)
            {
                Remove(key);
            }
        }
    }

    // The clock may go back; the order of changes does not.
    private SessionEntry Changed(SessionEntry before, Func<SessionEntry, SessionEntry> change) =>
        change(before) with { UpdatedAtMs = Math.Max(NowMs(), before.UpdatedAtMs) };

    private void Put(SessionKey key, SessionEntry entry)
    {
        _index.Put(key, entry);
        Newest = [.. _index.Page(0, MaxNewest)];
    }

    private SessionEntry? Remove(SessionKey key)
    {
        var removed = _index.Remove(key);
        Newest = [.. _index.Page(0, MaxNewest)];
        return removed;
    }

    private T Read<T>(Func<SessionIndex, T> read)
    {
        lock (_gate)
        {
            return read(_index);
        }
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
