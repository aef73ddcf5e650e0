using Chela.Contracts.Errors;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Sessions.Retention;

/// <summary>Removes sessions that nobody needs any more, transcripts that no session has, and files that nothing names.</summary>
internal sealed partial class Cleanup(
    SessionTable sessions, SessionRemoval removal, Transcripts transcripts, AttachmentSweep attachments, SessionNews news, Lanes lanes, ConfigStore config,
    TimeProvider time, ILogger<Cleanup> logger)
{
    /// <summary>Says what can go, or removes it.</summary>
    /// <param name="remove">Whether to remove it.</param>
    /// <param name="isAsked">Which sessions to look at.</param>
    /// <param name="ct">Ends it between two sessions.</param>
    public async Task<SessionsCleanupResult> RunAsync(bool remove, Func<SessionEntry, bool> isAsked, CancellationToken ct)
    {
        var settings = config.Current.Config.Session;
        var now = time.GetUtcNow();
        var before = sessions.Count;
        var plan = CleanupPlan.Of(sessions.All, settings, now, session => !isAsked(session) || lanes.IsBusy(session.SessionKey));
        var leftBehind = LeftBehind(now - CleanupPlan.PruneAfter(settings.Maintenance));
        var gone = 0;
        if (remove)
        {
            foreach (var session in plan.All)
            {
                ct.ThrowIfCancellationRequested();
                gone += await RemoveAsync(session) ? 1 : 0;
            }

            leftBehind = await DeleteAsync(leftBehind, ct);
            await attachments.RunWhenDueAsync(hasFreed: gone + leftBehind.Count > 0, ct);
        }

        var result = new SessionsCleanupResult(
            settings.Maintenance.Mode, !remove, before, before - gone, plan.Unused.Count, plan.Old.Count, plan.Surplus.Count, leftBehind.Count);
        if (result.HasWork)
        {
            Log.Cleaned(logger, remove ? "Removed" : "Would remove", result.Unused, result.Pruned, result.Capped, result.Orphans);
        }

        return result;
    }

    private IReadOnlyList<string> LeftBehind(DateTimeOffset before)
    {
        try
        {
            return transcripts.LeftBehind(before, id => sessions.FindById(id) is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(logger, "What was left behind", e.Message);
            return [];
        }
    }

    /// <summary>Removes a session as long as nothing happens in it.</summary>
    private async Task<bool> RemoveAsync(SessionEntry session)
    {
        try
        {
            var isGone = await removal.RemoveIdleAsync(session);
            if (isGone)
            {
                news.Tell(session.SessionKey, "delete");
            }

            return isGone;
        }
        catch (Exception e) when (e is RpcException or TranscriptException)
        {
            Log.NotRemoved(logger, session.Key, e.Message);
            return false;
        }
    }

    private async Task<IReadOnlyList<string>> DeleteAsync(IReadOnlyList<string> leftBehind, CancellationToken ct)
    {
        var deleted = new List<string>();
        foreach (var id in leftBehind)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                using var transcript = transcripts.Open(id);
                await transcript.DeleteAsync(CancellationToken.None);
                deleted.Add(id);
            }
            catch (Exception e) when (e is TranscriptException or JournalWriteException)
            {
                Log.NotRemoved(logger, id, e.Message);
            }
        }

        return deleted;
    }

    private static partial class Log
    {
        [LoggerMessage(1330, LogLevel.Information,
            "{What} {Unused} sessions never used, {Old} old ones, {Surplus} of too many, and {LeftBehind} transcripts without a session")]
        public static partial void Cleaned(ILogger logger, string what, int unused, int old, int surplus, int leftBehind);

        [LoggerMessage(1331, LogLevel.Warning, "{What} could not be removed: {Reason}")]
        public static partial void NotRemoved(ILogger logger, string what, string reason);
    }
}
