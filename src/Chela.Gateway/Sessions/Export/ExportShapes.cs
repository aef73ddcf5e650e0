using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Sessions.Export;

/// <summary>Parameters of <c>sessions.export</c>.</summary>
internal sealed record SessionsExportParams([property: MinLength(1)] string Key)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("Where the page before ended: its nextCursor."), StringLength(64, MinimumLength = 1)]
    public string? Cursor { get; init; }

    [Description("The most bytes of lines in one page, but always one line; 1 MiB without it."), Range(1, TranscriptExport.MaxPageBytes)]
    public int? MaxBytes { get; init; }
}

/// <summary>Result of <c>sessions.export</c>.</summary>
/// <param name="Lines">Lines of a JSONL file, without line feeds.</param>
internal sealed record SessionsExportResult(string Key, string SessionId, IReadOnlyList<string> Lines)
{
    [Description("Where the next page begins; absent on the last.")]
    public string? NextCursor { get; init; }
}

/// <summary>Parameters of <c>sessions.import</c>.</summary>
internal sealed record SessionsImportParams(
    [property: MinLength(1)] string Key,
    [property: Description("The next lines of the file."), MaxLength(SessionImports.MaxLinesOfCall)] IReadOnlyList<string> Lines)
{
    [MinLength(1)]
    public string? AgentId { get; init; }

    [Description("From the answer to the first call; absent in that one."), StringLength(64, MinimumLength = 1)]
    public string? ImportId { get; init; }

    [Description("True with the last lines: the session is there when this is answered.")]
    public bool? Done { get; init; }
}

/// <summary>Result of <c>sessions.import</c>.</summary>
/// <param name="Imported">The messages so far.</param>
/// <param name="Skipped">Lines of kinds that are not kept: results of tools, changes of settings.</param>
internal sealed record SessionsImportResult(string Key, long Imported, long Skipped)
{
    [Description("For the next call; absent when the session is there.")]
    public string? ImportId { get; init; }

    [Description("The session's id, when it is there.")]
    public string? SessionId { get; init; }
}

/// <summary>One line of an exported session: the head, a message, a summary of what is older, or a piece of a file. Other kinds may stand in files of other programs.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ExportLine(string Type)
{
    public const string Head = "session";

    public const string Said = "message";

    public const string Compacted = "compaction";

    public const string File = "attachment";

    public int? Version { get; init; }

    public string? Id { get; init; }

    public string? ParentId { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public string? Cwd { get; init; }

    public ExportMessage? Message { get; init; }

    /// <summary>In a compaction: what was said before the first entry kept.</summary>
    public string? Summary { get; init; }

    public string? FirstKeptEntryId { get; init; }

    public long? TokensBefore { get; init; }

    /// <summary>In a piece of a file, whose id is its hash: how long the file is.</summary>
    public long? Bytes { get; init; }

    /// <summary>Where the piece begins in it.</summary>
    public long? Offset { get; init; }

    /// <summary>The piece; absent where the file is lost.</summary>
    public byte[]? Data { get; init; }

    /// <summary>What else this gateway keeps of the message; its text is left empty here.</summary>
    public TranscriptEntry? Entry { get; init; }
}

/// <summary>What was said, in the words of the format.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record ExportMessage(string Role, JsonElement Content)
{
    public long? Timestamp { get; init; }

    public string? Provider { get; init; }

    public string? Model { get; init; }

    public string? StopReason { get; init; }
}

/// <summary>JSON types of export and import: lenient in lines, which other programs write, and strict in calls.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SessionsExportParams))]
[JsonSerializable(typeof(SessionsExportResult))]
[JsonSerializable(typeof(SessionsImportParams))]
[JsonSerializable(typeof(SessionsImportResult))]
[JsonSerializable(typeof(ExportLine))]
[JsonSerializable(typeof(ContentBlock[]))]
internal sealed partial class ExportJson : JsonSerializerContext;
