using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Sessions;

namespace Chela.Gateway.Usage;

/// <summary>What was said in a session, each answer with what its run took.</summary>
internal sealed class UsageLogs(UsageReports reports, SessionTable sessions, Transcripts transcripts)
{
    private const int DefaultLimit = 200;
    private const int LongestContent = 2_000;
    private const long MaxBytes = 8 * 1024 * 1024;

    /// <summary>The newest lines, in order.</summary>
    /// <exception cref="RpcException">The transcript cannot be read.</exception>
    public async ValueTask<UsageLogsResult> OfAsync(SessionKey key, int? limit, UsageDays days, CancellationToken ct)
    {
        if (sessions.Find(key) is not { } session)
        {
            return new UsageLogsResult([]);
        }

        try
        {
            using var transcript = transcripts.Open(session.SessionId);
            var entries = await transcript.ReadTailAsync(limit ?? DefaultLimit, MaxBytes, ct);
            var taken = await reports.RunsAsync(key, days, ct);
            return new UsageLogsResult([.. entries.SelectMany(entry => LinesOf(entry, taken)).TakeLast(limit ?? DefaultLimit)]);
        }
        catch (TranscriptException e)
        {
            throw new RpcException(RpcErrorKind.Unavailable, e.Message);
        }
    }

    private static IEnumerable<UsageLogLine> LinesOf(TranscriptEntry entry, IReadOnlyDictionary<string, Spent> taken)
    {
        if (entry.Role is TranscriptEntry.User or TranscriptEntry.Assistant || (entry.Role == TranscriptEntry.Step && entry.Text.Length > 0))
        {
            var run = entry.Role == TranscriptEntry.Assistant && taken.TryGetValue(entry.RunId, out var spent) ? spent : (Spent?)null;
            yield return new UsageLogLine(entry.TimestampMs, entry.Role == TranscriptEntry.User ? "user" : "assistant", Beginning(entry.Text))
            {
                Tokens = run?.Tokens,
                Cost = run?.Cost,
            };
        }

        foreach (var use in entry.Uses ?? [])
        {
            yield return new UsageLogLine(entry.TimestampMs, "tool", Beginning($"{use.Name} {use.Arguments}"));
            yield return new UsageLogLine(entry.TimestampMs, "toolResult", Beginning(use.Result));
        }
    }

    private static string Beginning(string text) => text.Length <= LongestContent
        ? text
        : $"{text.AsSpan(0, char.IsHighSurrogate(text[LongestContent - 1]) ? LongestContent - 1 : LongestContent)}…";
}
