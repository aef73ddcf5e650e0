using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Sessions.Attachments;

/// <summary>A file as a transcript names it.</summary>
/// <param name="Number">The place of its message, from 1.</param>
internal sealed record NamedFile(Attachment File, TranscriptEntry Message, long Number);

/// <summary>Finds the files that the transcript of a session names.</summary>
internal sealed class ArtifactList(SessionTable sessions, Transcripts transcripts)
{
    /// <summary>The most files that are found at once.</summary>
    public const int Most = 1000;

    /// <summary>The newest files, oldest of them first, each content once.</summary>
    /// <param name="key">The session; one that there is not has none.</param>
    /// <param name="isWanted">Which of them.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Ends the reading.</param>
    /// <exception cref="RpcException">The transcript cannot be read.</exception>
    public async ValueTask<IReadOnlyList<NamedFile>> FindAsync(SessionKey key, Predicate<NamedFile> isWanted, int limit, CancellationToken ct)
    {
        if (sessions.Find(key) is not { } session)
        {
            return [];
        }

        var found = new OrderedDictionary<string, NamedFile>(StringComparer.Ordinal);
        try
        {
            using var transcript = transcripts.Open(session.SessionId);
            var number = 0L;
            await foreach (var message in transcript.ReadAsync(ct))
            {
                number++;
                foreach (var file in (message.Attachments ?? []).Select(file => new NamedFile(file, message, number)).Where(file => isWanted(file)))
                {
                    found.Remove(file.File.Sha256);
                    found.Add(file.File.Sha256, file);
                    if (found.Count > limit)
                    {
                        found.RemoveAt(0);
                    }
                }
            }
        }
        catch (TranscriptException e)
        {
            throw new RpcException(RpcErrorKind.Unavailable, e.Message);
        }

        return [.. found.Values];
    }
}
