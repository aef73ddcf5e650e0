using System.Runtime.CompilerServices;
using System.Text.Json;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions;

/// <summary>The changes of the list of sessions on disk. The table calls it under its lock, so that the order is the same.</summary>
internal sealed class SessionJournal(Journal journal, SessionMark mark)
{
    private const long CompactAfterBytes = 16 * 1024 * 1024;

    private long _compactAtBytes = CompactAfterBytes;

    /// <summary>True when nothing was ever written.</summary>
    public bool IsBlank => journal.Bytes == 0;

    /// <summary>True when nothing is there, and something was.</summary>
    public bool IsGone => IsBlank && mark.Read() > 0;

    /// <summary>The last rewriting.</summary>
    public Task Compaction { get; private set; } = Task.CompletedTask;

    /// <summary>All changes, from the first.</summary>
    /// <exception cref="InvalidDataException">Fewer are there than were.</exception>
    public async IAsyncEnumerable<SessionEntry> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var marked = mark.Read();
        if (!IsBlank && journal.Count < marked)
        {
            throw new InvalidDataException(
                $"the list of sessions was cut: {marked - journal.Count} of its {marked} changes are missing at its end; "
                + "restore sessions/index.*.jsonl from a backup, or remove sessions/index.mark to go on with what is left");
        }

        await foreach (var line in journal.ReadAsync(ct))
        {
            yield return JsonSerializer.Deserialize(line.Span, SessionsJson.Default.SessionEntry)!;
        }
    }

    /// <summary>Makes sure that something was written, before a transcript is whose session comes later: it would look as if the list were lost.</summary>
    public ValueTask BeginAsync() =>
        IsBlank ? AppendAsync(new SessionEntry($"agent:main:{Guid.NewGuid()}", "", 0) { Deleted = true }) : ValueTask.CompletedTask;

    /// <summary>Writes a change; returns when it is on disk.</summary>
    public async ValueTask AppendAsync(SessionEntry entry)
    {
        await journal.AppendAsync(Serialize(entry), CancellationToken.None);
        mark.Reach(journal);
    }

    /// <summary>Writes a change that nobody waits for. When the disk refuses, the next change of the session brings it again.</summary>
    public void Note(SessionEntry entry)
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

    /// <summary>Leaves only what still counts, once that saves much.</summary>
    public void CompactWhenLarge(SessionIndex index)
    {
        if (journal.Bytes >= Volatile.Read(ref _compactAtBytes))
        {
            Volatile.Write(ref _compactAtBytes, long.MaxValue);
            Compaction = CompactAsync(index.All);
        }
    }

    private async Task CompactAsync(IReadOnlyList<SessionEntry> entries)
    {
        try
        {
            mark.Pause();
            await journal.ReplaceAsync(entries.Select(entry => (ReadOnlyMemory<byte>)Serialize(entry)), CancellationToken.None);
        }
        catch (Exception e) when (e is JournalWriteException or IOException or UnauthorizedAccessException)
        {
            // The old journal still holds everything; the next try comes after as much growth again.
        }

        mark.Resume();
        Volatile.Write(ref _compactAtBytes, journal.Bytes + CompactAfterBytes);
    }

    private static byte[] Serialize(SessionEntry entry) => StoredJson.ToBytes(entry, SessionsJson.Default.SessionEntry);
}
