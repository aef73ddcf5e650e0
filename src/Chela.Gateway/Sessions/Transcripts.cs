using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions;

/// <summary>The transcripts, a journal per session, opened when somebody needs them. The most recently used stay open.</summary>
internal sealed class Transcripts(string directory, JournalCommitter committer)
{
    /// <summary>How many transcripts stay open when nobody uses them; one costs less than a kilobyte.</summary>
    public const int MaxIdle = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenTranscript> _open = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Opens the transcript of a session. Dispose the lease when done.</summary>
    /// <exception cref="JournalCorruptException">The transcript is damaged in its middle.</exception>
    public Lease Open(string sessionId)
    {
        OpenTranscript open;
        lock (_gate)
        {
            if (!_open.TryGetValue(sessionId, out open!))
            {
                CloseOldest();
                open = new OpenTranscript(new Lazy<Journal>(() => Journal.Open(directory, sessionId, committer)));
                _open.Add(sessionId, open);
            }

            open.Users++;
            open.UsedAt = ++_clock;
        }

        try
        {
            return new Lease(this, open, open.Journal.Value); // the first user reads the file, outside the lock
        }
        catch (Exception e) when (e is JournalCorruptException or IOException or UnauthorizedAccessException)
        {
            lock (_gate)
            {
                _open.Remove(sessionId);
            }

            throw;
        }
    }

    private void CloseOldest()
    {
        if (_open.Count < MaxIdle)
        {
            return;
        }

        var idle = _open.Where(pair => pair.Value.Users == 0).OrderBy(pair => pair.Value.UsedAt).Take(MaxIdle / 8).ToList();
        idle.ForEach(pair => _open.Remove(pair.Key));
    }

    private void Return(OpenTranscript open)
    {
        lock (_gate)
        {
            open.Users--;
        }
    }

    /// <summary>The use of a transcript.</summary>
    internal readonly struct Lease(Transcripts owner, OpenTranscript open, Journal journal) : IDisposable
    {
        public Journal Journal => journal;

        public void Dispose() => owner.Return(open);
    }

    /// <summary>A transcript with the number of its users.</summary>
    internal sealed class OpenTranscript(Lazy<Journal> journal)
    {
        public Lazy<Journal> Journal => journal;

        public int Users { get; set; }

        public long UsedAt { get; set; }
    }
}
