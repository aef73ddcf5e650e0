using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Sessions;

/// <summary>The session that a turn runs in, begun anew where that is due. Called inside the session's lane.</summary>
internal sealed partial class TurnSessions(
    SessionTable sessions, Transcripts transcripts, Inbox inbox, ConfigStore config, TimeProvider time, ILogger<TurnSessions> logger)
{
    /// <param name="key">The session.</param>
    /// <param name="mayBeginAnew">False for a turn whose question stands in the present transcript.</param>
    public async Task<SessionEntry> OpenAsync(SessionKey key, bool mayBeginAnew)
    {
        var session = await sessions.GetOrCreateAsync(key, CancellationToken.None);
        await LookForLossAsync(session);
        if (!mayBeginAnew || !ResetPolicy.IsDue(config.Current.Config.Session, session, time.GetUtcNow(), time.LocalTimeZone))
        {
            return session;
        }

        try
        {
            await inbox.FlushAsync(); // that its runs have ended: a new transcript would not tell the next start
            var begun = await sessions.ResetAsync(key);
            transcripts.LeaveBehind(session.SessionId);
            return begun;
        }
        catch (JournalWriteException e)
        {
            Log.NotReset(logger, key.Value, e.Message);
            return session; // it is still due with the next message
        }
    }

    /// <summary>
    /// A run counts a transcript's messages after they are on disk, so that no end of the process leaves fewer than were counted. Where there
    /// are fewer, a disk or a person took them, at a border between two records, where checksums see nothing.
    /// </summary>
    private async Task LookForLossAsync(SessionEntry session)
    {
        using var transcript = transcripts.Open(session.SessionId);
        var missing = session.MessageCount - transcript.Count;
        if (missing <= 0)
        {
            return;
        }

        try
        {
            Log.Lost(logger, session.Key, missing, session.SessionId);
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var note = Guid.NewGuid().ToString();
            await transcript.AppendAsync(new TranscriptEntry(note, TranscriptEntry.Assistant, "", nowMs, $"loss-{note}")
            {
                StopReason = StopReasons.Error,
                Error = $"{missing} messages of this session are not on disk any more; its transcript was cut.",
            });
            sessions.Update(session.SessionKey, entry => entry with { MessageCount = (int)transcript.Count });
        }
        catch (TranscriptException)
        {
            // The disk is full: it is said with the next message.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1321, LogLevel.Error, "Session {Session} has lost {Count} messages: its transcript {Id} was cut")]
        public static partial void Lost(ILogger logger, string session, long count, string id);

        [LoggerMessage(1323, LogLevel.Warning, "Session {Session} was to begin anew, but that could not be written: {Reason}")]
        public static partial void NotReset(ILogger logger, string session, string reason);
    }
}
