using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions;

/// <summary>
/// Takes a session's transcript from it, by a new beginning or for good. What runs there is stopped first, and what comes meanwhile
/// waits, so that every message stands in one transcript: the old one, or the new.
/// </summary>
internal sealed class SessionRemoval(SessionTable sessions, Transcripts transcripts, Inbox inbox, LaneChanges changes, LaneWork work, RunStops stops)
{
    /// <summary>Deletes a session; false when there was none.</summary>
    /// <exception cref="RpcException">The disk refuses; the session is as it was.</exception>
    public Task<bool> RemoveAsync(SessionKey key, bool deleteTranscript, CancellationToken ct) =>
        ChangeAsync(key, () => TakeOutAsync(key, deleteTranscript), ct);

    /// <summary>Deletes a session with its transcript; false when something runs, waits or happened in it.</summary>
    /// <exception cref="RpcException">The disk refuses; the session is as it was.</exception>
    public async Task<bool> RemoveIdleAsync(SessionEntry session)
    {
        var key = session.SessionKey;
        var removing = changes.ChangeIdle(
            key, async () => ReferenceEquals(sessions.Find(key), session) && await WrittenAsync(() => TakeOutAsync(key, deleteTranscript: true)));
        return removing is not null && await removing;
    }

    /// <summary>Gives a session an empty transcript, as a message says; one that comes again changes nothing.</summary>
    /// <exception cref="RpcException">The disk refuses; the session is as it was.</exception>
    public async Task ResetOnceAsync(SessionKey key, string message)
    {
        if (sessions.Find(key)?.BegunBy != message)
        {
            await ResetAsync(key, message, CancellationToken.None);
        }
    }

    /// <summary>Gives a session an empty transcript.</summary>
    /// <exception cref="RpcException">The disk refuses; the session is as it was.</exception>
    public Task<SessionEntry> ResetAsync(SessionKey key, CancellationToken ct) => ResetAsync(key, null, ct);

    private Task<SessionEntry> ResetAsync(SessionKey key, string? by, CancellationToken ct) =>
        ChangeAsync(key, async () =>
        {
            var before = sessions.Find(key);
            var begun = await sessions.ResetAsync(key, by);
            if (before is not null)
            {
                transcripts.LeaveBehind(before.SessionId);
            }

            return begun;
        }, ct);

    private async Task<bool> TakeOutAsync(SessionKey key, bool deleteTranscript)
    {
        if (await sessions.RemoveAsync(key) is not { } removed)
        {
            return false;
        }

        if (deleteTranscript)
        {
            using var transcript = transcripts.Open(removed.SessionId);
            await transcript.DeleteAsync(CancellationToken.None);
        }
        else
        {
            transcripts.LeaveBehind(removed.SessionId);
        }

        return true;
    }

    /// <summary>Goes on when the caller leaves.</summary>
    private async Task<T> ChangeAsync<T>(SessionKey key, Func<Task<T>> change, CancellationToken ct)
    {
        var changing = changes.StopAndChangeAsync(key, () => WrittenAsync(change));
        stops.StopSpawned(key);
        await work.StopAsync(key);
        return await changing.WaitAsync(ct);
    }

    private async Task<T> WrittenAsync<T>(Func<Task<T>> change)
    {
        try
        {
            await inbox.FlushAsync(); // that its runs have ended: a new transcript would not tell the next start
            return await change();
        }
        catch (JournalWriteException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the change could not be written to disk, and nothing was changed; is the disk full?");
        }
    }
}
