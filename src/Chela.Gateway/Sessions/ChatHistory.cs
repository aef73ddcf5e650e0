using Chela.Contracts.Errors;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>Reads transcripts for people: the newest messages, within the protocol's bounds, with what is still on its way.</summary>
internal sealed class ChatHistory(SessionTable sessions, Transcripts transcripts, Lanes lanes)
{
    /// <summary>Messages returned when the caller names no limit (03-methods § 5.4).</summary>
    public const int DefaultLimit = 200;

    /// <summary>A longer message is replaced by a note; characters (the protocol's cap is 128 KiB).</summary>
    public const int MaxMessageChars = 128 * 1024;

    /// <summary>All messages of one answer together, bytes (01-wire § 1.1).</summary>
    private const long MaxTotalBytes = 6 * 1024 * 1024;

    public async ValueTask<ChatHistoryResult> ReadAsync(SessionKey key, int limit, int maxChars, CancellationToken ct)
    {
        var session = sessions.Find(key);
        if (session is null)
        {
            return new ChatHistoryResult(key.Value, []);
        }

        var waiting = lanes.Of(key);
        var (entries, total) = await ReadEntriesAsync(session, limit, ct);
        var messages = entries.Select(entry => ToMessage(entry, maxChars)).ToList();
        var written = entries.Where(entry => entry.Role == TranscriptEntry.User).Select(entry => entry.RunId).ToHashSet(StringComparer.Ordinal);
        var pending = waiting.Where(turn => !written.Contains(turn.RunId) && !turn.Completion.IsCompleted).Select(turn => ToMessage(turn.Message, maxChars));
        messages.AddRange(pending);
        List<TranscriptMessage> newest = [.. messages.TakeLast(limit)];
        return new ChatHistoryResult(key.Value, newest)
        {
            SessionId = session.SessionId,
            HasMore = total > entries.Count || messages.Count > newest.Count,
            TotalMessages = total,
            InFlightRun = waiting.Count > 0 ? new InFlightRun(waiting[0].RunId, waiting[0].Text) : null,
        };
    }

    private async ValueTask<(IReadOnlyList<TranscriptEntry> Entries, long Total)> ReadEntriesAsync(
        SessionEntry session, int limit, CancellationToken ct)
    {
        try
        {
            using var transcript = transcripts.Open(session.SessionId);
            return (await transcript.ReadTailAsync(limit, MaxTotalBytes, ct), transcript.Count);
        }
        catch (TranscriptException e)
        {
            throw new RpcException(RpcErrorKind.Unavailable, e.Message);
        }
    }

    private static TranscriptMessage ToMessage(TranscriptEntry entry, int maxChars)
    {
        var text = entry.StopReason == StopReasons.Interrupted ? $"{entry.Text}[interrupted] {entry.Error}" : entry.Text;
        var model = entry.Model?.Split('/', 2);
        return new TranscriptMessage(entry.Role, [new TextBlock("text", Shorten(text, maxChars))], entry.TimestampMs)
        {
            Id = entry.Id,
            RunId = entry.RunId,
            StopReason = entry.StopReason,
            ErrorMessage = entry.Error,
            Provider = model?[0],
            Model = model?[^1],
            Usage = entry.Usage,
        };
    }

    private static TranscriptMessage ToMessage(Contracts.Messages.InboundMessage message, int maxChars) =>
        new(TranscriptEntry.User, [new TextBlock("text", Shorten(message.Content, maxChars))], message.TimestampMs)
        {
            RunId = message.RunId,
        };

    private static string Shorten(string text, int maxChars) =>
        text.Length <= maxChars ? text : $"[message of {text.Length} characters left out: longer than {maxChars}]";
}
