using System.Text.Json;

namespace Chela.Gateway.Sessions.Search;

/// <summary>
/// Looks through transcripts, those of the newest sessions first, until enough is found or enough was read. It reads the files
/// by itself, so that it keeps no transcript open and puts none out of the cache.
/// </summary>
internal sealed class TranscriptSearch(Transcripts transcripts, TimeProvider time) : IDisposable
{
    /// <summary>How long one search reads.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    /// <summary>How much one search reads.</summary>
    public const long MaxBytes = 256 * 1024 * 1024;

    private const int AtOnce = 2;

    private readonly SemaphoreSlim _places = new(AtOnce);

    public async Task<SessionsSearchResult> FindAsync(
        SearchWords words, IEnumerable<SessionEntry> sessions, int limit, CancellationToken ct, long maxBytes = MaxBytes)
    {
        await _places.WaitAsync(ct);
        try
        {
            return await new Search(transcripts, words, limit, maxBytes, time).RunAsync(sessions, ct);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    /// <summary>One search under way.</summary>
    private sealed class Search(Transcripts transcripts, SearchWords words, int limit, long maxBytes, TimeProvider time)
    {
        private readonly List<SessionsSearchHit> _found = [];
        private readonly long _startedAt = time.GetTimestamp();
        private long _bytesLeft = maxBytes;
        private bool _isCut;

        private bool IsOver => _bytesLeft <= 0 || time.GetElapsedTime(_startedAt) > TimeLimit;

        public async Task<SessionsSearchResult> RunAsync(IEnumerable<SessionEntry> sessions, CancellationToken ct)
        {
            foreach (var session in sessions)
            {
                if (IsOver || _found.Count >= limit)
                {
                    _isCut = true;
                    break;
                }

                await ReadAsync(session, ct);
            }

            return new SessionsSearchResult(_found) { Truncated = _isCut ? true : null };
        }

        private async Task ReadAsync(SessionEntry session, CancellationToken ct)
        {
            var newest = new Queue<SessionsSearchHit>();
            try
            {
                await foreach (var record in transcripts.PeekAsync(session.SessionId, ct))
                {
                    _bytesLeft -= record.Length;
                    if (IsOver)
                    {
                        _isCut = true;
                        break;
                    }

                    Look(session, TranscriptEntry.Read(record.Span), newest);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                _isCut = true; // deleted meanwhile, damaged, or its last line is being written
            }

            _found.AddRange(newest.Reverse());
        }

        private void Look(SessionEntry session, TranscriptEntry entry, Queue<SessionsSearchHit> newest)
        {
            if (TextOf(entry) is not { } text || words.CountIn(text) is not (> 0 and var score))
            {
                return;
            }

            var role = entry.Role == TranscriptEntry.User ? TranscriptEntry.User : TranscriptEntry.Assistant;
            newest.Enqueue(new(session.Key, session.SessionId, entry.Id, role, entry.TimestampMs, words.SnippetOf(text), score));
            if (_found.Count + newest.Count > limit)
            {
                newest.Dequeue();
                _isCut = true;
            }
        }

        /// <summary>What was said, or which tools were called and what they gave; null for a summary.</summary>
        private static string? TextOf(TranscriptEntry entry) => entry.Role switch
        {
            TranscriptEntry.User or TranscriptEntry.Assistant => entry.Text,
            TranscriptEntry.Step => string.Join('\n', entry.Uses?.Select(use => $"{use.Name} {use.Arguments}\n{use.Result}") ?? []),
            _ => null,
        };
    }
}
