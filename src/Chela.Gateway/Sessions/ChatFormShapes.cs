using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions.Attachments;

namespace Chela.Gateway.Sessions;

/// <summary>A message to send.</summary>
internal sealed record TextParams([property: Description("The text.")] string Text)
{
    [Description("The conversation; the main one without it."), StringLength(Contracts.Sessions.SessionKey.MaxLength, MinimumLength = 1)]
    public string? SessionKey { get; init; }

    [Description("A name of this message, new for each: sent again with the same, it is answered as before and not run again."), StringLength(256, MinimumLength = 1)]
    public string? IdempotencyKey { get; init; }

    [Description("Files."), MaxLength(AttachmentParams.Most)]
    public IReadOnlyList<AttachmentParams>? Attachments { get; init; }
}

/// <summary>The reply.</summary>
/// <param name="StopReason"><c>stop</c>, or <c>aborted</c> when somebody stopped the run; the text is then what there was of it.</param>
internal sealed record TextResult(string MessageId, string Text, string Timestamp, string SessionKey, string StopReason)
{
    public TokenUsage? Usage { get; init; }
}

/// <summary>The message was accepted; its events carry the same id.</summary>
internal sealed record StreamResult(string MessageId, string SessionKey, string Status);

/// <summary>A conversation.</summary>
internal sealed record SessionParams
{
    [StringLength(Contracts.Sessions.SessionKey.MaxLength, MinimumLength = 1)]
    public string? SessionKey { get; init; }

    [Range(1, 1000)]
    public int? Limit { get; init; }
}

/// <summary>What was said, oldest first.</summary>
internal sealed record HistoryResult(string SessionKey, IReadOnlyList<HistoryMessage> Messages);

/// <summary>One message.</summary>
internal sealed record HistoryMessage(string MessageId, string Role, string Text, string Timestamp)
{
    public string? StopReason { get; init; }

    /// <summary>The files that came with it, without their content.</summary>
    public IReadOnlyList<HistoryFile>? Attachments { get; init; }
}

/// <summary>A file of a message.</summary>
internal sealed record HistoryFile(string FileName, string MimeType, long Bytes)
{
    /// <summary>The files of a message; null for none.</summary>
    public static IReadOnlyList<HistoryFile>? In(TranscriptMessage message)
    {
        var files = message.Content.Where(block => block.FileName is not null).ToList();
        return files.Count == 0 ? null : [.. files.Select(block => new HistoryFile(block.FileName!, block.MimeType ?? "", block.Bytes ?? 0))];
    }
}

/// <summary>What to stop.</summary>
internal sealed record AbortParams
{
    [StringLength(Contracts.Sessions.SessionKey.MaxLength, MinimumLength = 1)]
    public string? SessionKey { get; init; }

    [MinLength(1)]
    public string? MessageId { get; init; }
}

/// <summary>What was stopped.</summary>
internal sealed record AbortResult(bool Aborted, IReadOnlyList<string> MessageIds);

/// <summary>Which conversations to list.</summary>
internal sealed record SessionListParams
{
    [Description("The most of them; the newest are returned."), Range(1, SessionList.MaxLimit)]
    public int? Limit { get; init; }
}

/// <summary>The conversation to delete.</summary>
internal sealed record DeleteParams(
    [property: StringLength(Contracts.Sessions.SessionKey.MaxLength, MinimumLength = 1)] string SessionKey);

/// <summary>The conversations, newest first.</summary>
internal sealed record SessionListResult(IReadOnlyList<SessionRow> Sessions);

/// <summary>One conversation.</summary>
internal sealed record SessionRow(string SessionKey, string AgentId, int MessageCount, string CreatedAt, string UpdatedAt);

/// <summary>Whether there was something to delete.</summary>
internal sealed record DeleteResult(string SessionKey, bool Deleted);

/// <summary>JSON types of the JSON-RPC forms: the same strictness, in snake case.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TextParams))]
[JsonSerializable(typeof(TextResult))]
[JsonSerializable(typeof(StreamResult))]
[JsonSerializable(typeof(SessionParams))]
[JsonSerializable(typeof(HistoryResult))]
[JsonSerializable(typeof(AbortParams))]
[JsonSerializable(typeof(AbortResult))]
[JsonSerializable(typeof(SessionListParams))]
[JsonSerializable(typeof(DeleteParams))]
[JsonSerializable(typeof(SessionListResult))]
[JsonSerializable(typeof(DeleteResult))]
internal sealed partial class ChatFormsJson : JsonSerializerContext;
