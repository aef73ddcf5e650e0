using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions;

/// <summary>The transcripts, a journal per session, opened when somebody needs them. The most recently used stay open.</summary>
internal sealed class Transcripts(string directory, Journals journals, TimeProvider time)
{
    /// <summary>How many transcripts are kept at hand when nobody uses them; one costs less than a kilobyte.</summary>
    public const int MaxIdle = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenJournal> _open = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Opens the transcript of a session.</summary>
    /// <exception cref="TranscriptException">It is damaged in its middle, or cannot be read.</exception>
    public Transcript Open(string sessionId)
    {
        var open = Take(sessionId);
        try
        {
            // The first user reads the file, outside the lock.
            return new Transcript(open.Journal.Value, () => Return(open));
        }
        catch (Exception e) when (e is JournalCorruptException or IOException or UnauthorizedAccessException)
        {
            lock (_gate)
            {
                _open.Remove(sessionId); // once repaired by hand it can be opened without a restart
            }

            throw new TranscriptException($"The transcript of this session cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The records of a transcript as they are in its files, without opening it.</summary>
    /// <exception cref="IOException">It cannot be read, or not to its end.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> PeekAsync(string sessionId, CancellationToken ct) =>
        JournalReader.ReadAsync(FolderOf(sessionId), sessionId, ct);

    /// <summary>All that there are, also those that no session has.</summary>
    public IReadOnlyList<string> All => LeftBehind(DateTimeOffset.MaxValue, _ => false);

    /// <summary>True when there is any.</summary>
    public bool Any => Directory.Exists(directory) && Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Any();

    /// <summary>Notes that no session has this transcript any more: from now on it counts how old it is.</summary>
    public void LeaveBehind(string sessionId)
    {
        try
        {
            foreach (var file in FilesOf(sessionId))
            {
                File.SetLastWriteTimeUtc(file, time.GetUtcNow().UtcDateTime);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it is as old as its last line.
        }
    }

    /// <summary>The transcripts without a session in which nothing happened since then.</summary>
    public IReadOnlyList<string> LeftBehind(DateTimeOffset before, Func<string, bool> hasSession) => !Directory.Exists(directory) ? [] :
    [
        .. new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories)
            .GroupBy(file => file.Name.Split('.')[0], StringComparer.Ordinal)
            .Where(files => !hasSession(files.Key) && files.All(file => file.LastWriteTimeUtc < before.UtcDateTime))
            .Select(files => files.Key),
    ];

    /// <summary>The transcripts that were written to after what is known of them.</summary>
    /// <param name="knownMs">Until when a transcript is known, in Unix milliseconds; null for one that is of no interest.</param>
    public IEnumerable<string> ChangedSince(Func<string, long?> knownMs) => !Directory.Exists(directory) ? [] :
        new DirectoryInfo(directory).EnumerateFiles("*.jsonl", SearchOption.AllDirectories)
            .Select(file => (Id: file.Name.Split('.')[0], ChangedMs: new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds()))
            .Where(file => knownMs(file.Id) < file.ChangedMs)
            .Select(file => file.Id);

    private IEnumerable<string> FilesOf(string sessionId) =>
        Directory.Exists(FolderOf(sessionId)) ? Directory.EnumerateFiles(FolderOf(sessionId), sessionId + ".*") : [];

    private OpenJournal Take(string sessionId)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(sessionId, out var open))
            {
                CloseOldest();
                open = new OpenJournal(new Lazy<Journal>(() => journals.Open(FolderOf(sessionId), sessionId)));
                _open.Add(sessionId, open);
            }

            open.Users++;
            open.UsedAt = ++_clock;
            return open;
        }
    }

    /// <summary>One of 256 folders: opening a journal lists its folder, which must not hold a hundred thousand files.</summary>
    private string FolderOf(string sessionId) => Path.Combine(directory, sessionId[..2]);

    private void Return(OpenJournal open)
    {
        lock (_gate)
        {
            open.Users--;
        }
    }

    /// <summary>Drops some that nobody uses. Whoever writes waits for the disk before it lets go, so nothing is under way in them.</summary>
    private void CloseOldest()
    {
        if (_open.Count >= MaxIdle)
        {
            var idle = _open.Where(pair => pair.Value.Users == 0).OrderBy(pair => pair.Value.UsedAt).Take(MaxIdle / 8).ToList();
            idle.ForEach(pair => _open.Remove(pair.Key));
        }
    }

    private sealed class OpenJournal(Lazy<Journal> journal)
    {
        public Lazy<Journal> Journal => journal;

        public int Users { get; set; }

        public long UsedAt { get; set; }
    }
}
