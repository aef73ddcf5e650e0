using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions.Attachments;

namespace Chela.Gateway.Sessions;

/// <summary>Reads transcripts for people: the newest messages, within the protocol's bounds, with what is still on its way.</summary>
internal sealed class ChatHistory(SessionTable sessions, Transcripts transcripts, Lanes lanes, ConfigStore config)
{
    public async ValueTask<ChatHistoryResult> ReadAsync(SessionKey key, HistoryPage page, CancellationToken ct)
    {
        var session = sessions.Find(key);
        if (session is null)
        {
            return new ChatHistoryResult(key.Value, []) { ThinkingLevel = LevelOf(key, null) };
        }

        var waiting = lanes.Of(key);
        var (entries, total) = await ReadEntriesAsync(session, page, ct);
        var messages = entries.Select(entry => ToMessage(entry, page.MaxChars)).ToList();
        var written = entries.Where(entry => entry.Role == TranscriptEntry.User).Select(entry => entry.RunId).ToHashSet(StringComparer.Ordinal);
        messages.AddRange(waiting
            .Where(turn => page.Offset == 0 && !written.Contains(turn.RunId) && turn.IsUnwritten)
            .Select(turn => ToMessage(TranscriptEntry.Question(turn.Message), page.MaxChars) with { Id = null }));
        List<TranscriptMessage> newest = [.. messages.TakeLast(page.Limit)];
        var hasMore = total > page.Offset + entries.Count || messages.Count > newest.Count;
        return new ChatHistoryResult(key.Value, newest)
        {
            SessionId = session.SessionId,
            Offset = page.Offset > 0 ? page.Offset : null,
            NextOffset = page.Offset > 0 && hasMore ? page.Offset + newest.Count : null,
            HasMore = hasMore,
            TotalMessages = total,
            ThinkingLevel = LevelOf(key, session.ThinkingLevel),
            InFlightRun = waiting.FirstOrDefault(turn => !turn.Completion.IsCompleted) is { } run ? new InFlightRun(run.RunId, run.Text) : null,
        };
    }

    private string LevelOf(SessionKey key, string? own) => own ?? config.Current.Config.Agents.Of(key.AgentId).Thinking;

    private async ValueTask<(IReadOnlyList<TranscriptEntry> Entries, long Total)> ReadEntriesAsync(
        SessionEntry session, HistoryPage page, CancellationToken ct)
    {
        try
        {
            using var transcript = transcripts.Open(session.SessionId);
            var entries = page.Offset == 0
                ? await transcript.ReadTailAsync(page.Limit, page.MaxBytes, ct)
                : await ReadEarlierAsync(transcript, page, ct);
            return (entries, transcript.Count);
        }
        catch (TranscriptException e)
        {
            throw new RpcException(RpcErrorKind.Unavailable, e.Message);
        }
    }

    /// <summary>Goes through the transcript from its beginning, because only its end can be read backwards.</summary>
    private static async Task<IReadOnlyList<TranscriptEntry>> ReadEarlierAsync(Transcript transcript, HistoryPage page, CancellationToken ct)
    {
        var end = transcript.Count - page.Offset;
        var kept = new Queue<TranscriptEntry>();
        var (place, chars) = (0L, 0L);
        await foreach (var entry in transcript.ReadAsync(ct))
        {
            if (place++ >= end)
            {
                break;
            }

            kept.Enqueue(entry);
            chars += entry.Length;
            while (kept.Count > page.Limit || (chars > page.MaxBytes && kept.Count > 1))
            {
                chars -= kept.Dequeue().Length;
            }
        }

        return [.. kept];
    }

    /// <summary>A line of a transcript as clients see it.</summary>
    public static TranscriptMessage ToMessage(TranscriptEntry entry, int maxChars)
    {
        var text = entry.StopReason == StopReasons.Interrupted ? $"{entry.Text}[interrupted] {entry.Error}" : entry.Text;
        var model = entry.Model?.Split('/', 2);
        IReadOnlyList<ContentBlock> blocks = entry.Uses is { } uses ? ToBlocks(uses, maxChars) : ToBlocks(Shorten(text, maxChars), entry.Attachments ?? []);
        return new TranscriptMessage(RoleOf(entry), blocks, entry.TimestampMs)
        {
            Kind = entry.Compacted is null ? null : new MessageKind(TranscriptEntry.Compaction, entry.Id),
            Id = entry.Id,
            RunId = entry.RunId,
            StopReason = entry.StopReason,
            ErrorMessage = entry.Error,
            Provider = model?[0],
            Model = model?[^1],
            Usage = entry.Usage,
        };
    }

    private static string RoleOf(TranscriptEntry entry) => entry.Role switch
    {
        TranscriptEntry.Step => TranscriptEntry.Assistant,
        TranscriptEntry.Compaction => "system",
        _ => entry.Role,
    };

    private static ContentBlock[] ToBlocks(string text, IReadOnlyList<Attachment> files) =>
    [
        .. text.Length > 0 || files.Count == 0 ? [new ContentBlock("text", text)] : Array.Empty<ContentBlock>(),
        .. files.Select(file => new ContentBlock(FileKinds.Of(file) == FileKind.Image ? "image" : "file", null)
        {
            MimeType = file.MimeType,
            FileName = file.FileName,
            Bytes = file.Bytes,
            ArtifactId = file.Sha256,
            Omitted = true,
        }),
    ];

    private static ContentBlock[] ToBlocks(IReadOnlyList<StoredToolUse> uses, int maxChars) =>
    [
        .. uses.Select(use => new ContentBlock("toolCall", null)
        {
            Id = use.Id,
            Name = use.Name,
            Arguments = use.Arguments.Length <= maxChars ? JsonElement.Parse(use.Arguments) : null,
        }),
        .. uses.Select(use => new ContentBlock("toolResult", Shorten(use.Result, maxChars)) { ToolCallId = use.Id, Name = use.Name, IsError = use.IsError }),
    ];

    private static string Shorten(string text, int maxChars) =>
        text.Length <= maxChars ? text : $"[message of {text.Length} characters left out: longer than {maxChars}]";
}
