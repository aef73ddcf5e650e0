using System.Runtime.CompilerServices;
using System.Text.Json;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions;

/// <summary>The changes of the list of sessions on disk. The table calls it under its lock, so that the order is the same.</summary>
internal sealed class SessionJournal(Journal journal)
{
    private const long CompactAfterBytes = 16 * 1024 * 1024;

    private long _compactAtBytes = CompactAfterBytes;

    /// <summary>True when nothing was ever written.</summary>
    public bool IsBlank => journal.Bytes == 0;

    /// <summary>The last rewriting.</summary>
    public Task Compaction { get; private set; } = Task.CompletedTask;

    public async IAsyncEnumerable<SessionEntry> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var line in journal.ReadAsync(ct))
        {
            yield return JsonSerializer.Deserialize(line.Span, SessionsJson.Default.SessionEntry)!;
        }
    }

    /// <summary>Makes sure that something was written, before a transcript is whose session comes later: it would look as if the list were lost.</summary>
    public ValueTask BeginAsync() =>
        IsBlank ? AppendAsync(new SessionEntry($"agent:main:{Guid.NewGuid()}", "", 0) { Deleted = true }) : ValueTask.CompletedTask;

    /// <summary>Writes a change; returns when it is on disk.</summary>
    public ValueTask AppendAsync(SessionEntry entry) => journal.AppendAsync(Serialize(entry), CancellationToken.None);

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
            await journal.ReplaceAsync(entries.Select(entry => (ReadOnlyMemory<byte>)Serialize(entry)), CancellationToken.None);
        }
        catch (JournalWriteException)
        {
            // The old journal still holds everything; the next try comes after as much growth again.
        }

        Volatile.Write(ref _compactAtBytes, journal.Bytes + CompactAfterBytes);
    }

    private static byte[] Serialize(SessionEntry entry) => StoredJson.ToBytes(entry, SessionsJson.Default.SessionEntry);
}
