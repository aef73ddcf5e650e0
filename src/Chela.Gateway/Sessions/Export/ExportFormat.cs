using System.Text;
using System.Text.Json;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions.Export;

/// <summary>
/// The lines of an exported session: a head, then a message each, before it the files that it is the first to name. They can be read by whoever knows OpenClaw's files, and hold all
/// that this gateway keeps, so that what is imported is what was exported.
/// </summary>
internal static class ExportFormat
{
    private const int Version = 3;

    /// <summary>The first line.</summary>
    public static string HeadOf(SessionEntry session) => ToLine(new ExportLine(ExportLine.Head)
    {
        Version = Version,
        Id = session.SessionId,
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(session.CreatedAtMs),
        Cwd = "",
    });

    /// <summary>The line of a message.</summary>
    /// <param name="entry">The message.</param>
    /// <param name="parentId">The message before it.</param>
    public static string LineOf(TranscriptEntry entry, string? parentId)
    {
        if (entry.Compacted is { } part)
        {
            return ToLine(LineOf(entry, parentId, part));
        }

        var model = entry.Model?.Split('/', 2);
        var content = JsonSerializer.SerializeToElement([new ContentBlock("text", entry.Text)], ExportJson.Default.ContentBlockArray);
        return ToLine(new ExportLine(ExportLine.Said)
        {
            Id = entry.Id,
            ParentId = parentId,
            Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(entry.TimestampMs),
            Message = new ExportMessage(entry.Role, content)
            {
                Timestamp = entry.TimestampMs,
                Provider = model?[0],
                Model = model?[^1],
                StopReason = entry.StopReason,
            },
            Entry = entry with { Text = "" },
        });
    }

    private static ExportLine LineOf(TranscriptEntry entry, string? parentId, CompactedPart part) => new(ExportLine.Compacted)
    {
        Id = entry.Id,
        ParentId = parentId,
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(entry.TimestampMs),
        Summary = entry.Text,
        FirstKeptEntryId = part.FirstKeptEntryId,
        TokensBefore = part.TokensBefore,
        Entry = entry with { Text = "" },
    };

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static ExportLine Read(string line) => JsonSerializer.Deserialize(line, ExportJson.Default.ExportLine) ?? throw new JsonException("null");

    /// <summary>The message of a line; null when it is none that is kept.</summary>
    /// <param name="line">The line.</param>
    /// <param name="lastRun">The run of the last message of a person, for answers in files that know no runs.</param>
    /// <param name="nowMs">The time of messages that have none.</param>
    /// <exception cref="JsonException">A message is not as it should be.</exception>
    public static TranscriptEntry? EntryOf(ExportLine line, string? lastRun, long nowMs)
    {
        if (line.Type == ExportLine.Compacted)
        {
            return SummaryOf(line, nowMs);
        }

        if (line is not { Type: ExportLine.Said, Message: { } message })
        {
            return null;
        }

        if (line.Entry is { Compacted: null } entry)
        {
            return entry.Uses?.All(use => use.IsReadable) == false ? throw new JsonException("the arguments of a tool's call are no JSON object")
                : entry.Attachments?.All(FileLines.IsReadable) == false ? throw new JsonException("an attachment has a SHA-256, a name and a length")
                : entry with { Text = TextOf(message.Content) };
        }

        if (message.Role is not (TranscriptEntry.User or TranscriptEntry.Assistant) || line.Id is not { Length: > 0 } id)
        {
            return null;
        }

        var isUser = message.Role == TranscriptEntry.User;
        var timestamp = message.Timestamp ?? line.Timestamp?.ToUnixTimeMilliseconds() ?? nowMs;
        return new TranscriptEntry(id, message.Role, TextOf(message.Content), timestamp, isUser ? id : lastRun ?? id)
        {
            StopReason = isUser ? null : message.StopReason ?? StopReasons.Stop,
            Model = message is { Provider: { } provider, Model: { } model } ? $"{provider}/{model}" : null,
        };
    }

    private static TranscriptEntry? SummaryOf(ExportLine line, long nowMs)
    {
        if (line is not { Summary: { Length: > 0 } summary, FirstKeptEntryId: { Length: > 0 } firstKept, Id: { Length: > 0 } id })
        {
            return null;
        }

        var timestamp = line.Timestamp?.ToUnixTimeMilliseconds() ?? nowMs;
        return new TranscriptEntry(id, TranscriptEntry.Compaction, summary, timestamp, line.Entry?.RunId ?? id)
        {
            Compacted = new CompactedPart(firstKept, line.TokensBefore ?? 0),
            Usage = line.Entry?.Usage,
            Model = line.Entry?.Model,
        };
    }

    private static string TextOf(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString()!,
        JsonValueKind.Array => string.Join('\n', content.EnumerateArray().Select(BlockText).OfType<string>()),
        _ => throw new JsonException("a message's content is text or blocks"),
    };

    private static string? BlockText(JsonElement block) =>
        block.ValueKind == JsonValueKind.Object && block.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;

    /// <summary>The text of a line.</summary>
    public static string ToLine(ExportLine line) => Encoding.UTF8.GetString(StoredJson.ToBytes(line, ExportJson.Default.ExportLine));
}
