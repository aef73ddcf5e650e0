using System.Runtime.CompilerServices;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions;

/// <summary>A transcript cannot be read or written. The message says why in words for the user.</summary>
internal sealed class TranscriptException(string message, Exception cause) : Exception(message, cause);

/// <summary>What was said in one session, in order, as long as somebody uses it. Dispose it after use.</summary>
internal sealed class Transcript(Journal journal, Action release) : IDisposable
{
    /// <summary>How many entries there are.</summary>
    public long Count => journal.Count;

    /// <summary>Adds an entry; it is on disk when a later <see cref="AppendAsync"/> returns.</summary>
    /// <exception cref="TranscriptException">Too much waits for the disk, or the disk refuses.</exception>
    public void Append(TranscriptEntry entry)
    {
        try
        {
            journal.Append(entry.ToBytes());
        }
        catch (JournalWriteException e)
        {
            throw NotWritten(e);
        }
    }

    /// <summary>Adds an entry; returns when it and all before it are on disk.</summary>
    /// <exception cref="TranscriptException">The disk refuses.</exception>
    public async Task AppendAsync(TranscriptEntry entry)
    {
        try
        {
            await journal.AppendAsync(entry.ToBytes(), CancellationToken.None);
        }
        catch (JournalWriteException e)
        {
            throw NotWritten(e);
        }
    }

    /// <summary>The last entries in order, as many as fit both bounds.</summary>
    public async Task<IReadOnlyList<TranscriptEntry>> ReadTailAsync(int maxEntries, long maxBytes, CancellationToken ct)
    {
        var lines = await journal.ReadTailAsync(maxEntries, maxBytes, ct);
        return [.. lines.Select(line => TranscriptEntry.Read(line))];
    }

    /// <summary>All entries from the first, one at a time.</summary>
    public async IAsyncEnumerable<TranscriptEntry> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var line in journal.ReadAsync(ct))
        {
            yield return TranscriptEntry.Read(line.Span);
        }
    }

    /// <summary>Removes the transcript from the disk.</summary>
    public Task DeleteAsync(CancellationToken ct) => journal.DeleteAsync(ct);

    public void Dispose() => release();

    private static TranscriptException NotWritten(Exception cause) =>
        new("The transcript of this session could not be written; is the disk full?", cause);
}
