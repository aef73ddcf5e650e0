using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions;

/// <summary>Why an assistant's message ended where it did, as clients are told.</summary>
internal static class StopReasons
{
    public const string Stop = "stop";

    public const string Aborted = "aborted";

    public const string Error = "error";

    public const string Interrupted = "interrupted";

    /// <summary>Too many waited: no model reads the message.</summary>
    public const string Dropped = "dropped";

    /// <summary>The same, but models read how the message began.</summary>
    public const string Summarized = "summarized";

    /// <summary>The reason for a run that ended so.</summary>
    public static string Of(TurnStatus status) => status switch
    {
        TurnStatus.Done => Stop,
        TurnStatus.Aborted => Aborted,
        TurnStatus.Interrupted => Interrupted,
        _ => Error,
    };

    /// <summary>The same as events have it: a run that was stopped ended by a call.</summary>
    public static string InEvents(TurnStatus status) => status == TurnStatus.Aborted ? "rpc" : Of(status);
}

/// <summary>A call of a tool and what came of it.</summary>
/// <param name="Id">The call, as the model named it.</param>
/// <param name="Name">The tool, as the model calls it.</param>
/// <param name="Arguments">A JSON object.</param>
/// <param name="Result">What the model was told.</param>
internal sealed record StoredToolUse(string Id, string Name, string Arguments, string Result)
{
    public bool IsError { get; init; }

    /// <summary>False where the arguments are no JSON object: only a file from elsewhere can say such a thing.</summary>
    [JsonIgnore]
    public bool IsReadable
    {
        get
        {
            try
            {
                return JsonElement.Parse(Arguments).ValueKind == JsonValueKind.Object;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}

/// <summary>What a summary stands for.</summary>
/// <param name="FirstKeptEntryId">The oldest line that models still read as it is: the summary tells what was said before it.</param>
/// <param name="TokensBefore">About how many tokens a model made of the conversation before.</param>
internal sealed record CompactedPart(string FirstKeptEntryId, long TokensBefore);

/// <summary>One line of a transcript: what a person or the agent said, or a summary of what is older.</summary>
/// <param name="Id">Unique within the transcript.</param>
/// <param name="Role"><c>user</c>, <c>assistant</c>, <c>step</c> or <c>compaction</c>.</param>
/// <param name="Text">What was said; for a run that was cut off, what there was of it. In a compaction, the summary.</param>
/// <param name="TimestampMs">When, in Unix milliseconds.</param>
/// <param name="RunId">The run that it belongs to: a message and its answer share it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)] // a later version may have written it
internal sealed record TranscriptEntry(string Id, string Role, string Text, long TimestampMs, string RunId)
{
    public const string User = "user";

    public const string Assistant = "assistant";

    /// <summary>Calls of tools on the way to an answer, each with its result: one line, so that neither is ever there without the other.</summary>
    public const string Step = "step";

    /// <summary>Nobody said it: models read it in place of what is older.</summary>
    public const string Compaction = "compaction";

    /// <summary>One of <see cref="StopReasons"/>; absent on what people say.</summary>
    public string? StopReason { get; init; }

    /// <summary>One sentence for the user when the run did not end well.</summary>
    public string? Error { get; init; }

    /// <summary>The other runs that this answer ends as well: their messages were answered together.</summary>
    public IReadOnlyList<string>? AlsoAnswers { get; init; }

    public TokenUsage? Usage { get; init; }

    /// <summary><c>provider/model</c>.</summary>
    public string? Model { get; init; }

    /// <summary>The files that came with what a person said; absent where there are none.</summary>
    public IReadOnlyList<Attachment>? Attachments { get; init; }

    /// <summary>The calls of a step; absent in every other line.</summary>
    public IReadOnlyList<StoredToolUse>? Uses { get; init; }

    /// <summary>What a compaction stands for; absent in every other line.</summary>
    public CompactedPart? Compacted { get; init; }

    /// <summary>How long all its texts are together, in characters.</summary>
    [JsonIgnore]
    public long Length => Text.Length + (Uses?.Sum(use => (long)use.Arguments.Length + use.Result.Length) ?? 0);

    /// <summary>What stands for it in lists: what was said, or else the names of the files.</summary>
    [JsonIgnore]
    public string Gist => Text.Length > 0 ? Text : string.Join(", ", (Attachments ?? []).Select(file => file.FileName));

    /// <summary>True when a model should read it: what was said, and answers that came to their end or were stopped by a person.</summary>
    [JsonIgnore]
    public bool IsForModel =>
        Role != Compaction && (Role != Step || Uses is { Count: > 0 }) && (StopReason is null or StopReasons.Stop || (StopReason == StopReasons.Aborted && Text.Length > 0));

    /// <summary>The entry of a person's message.</summary>
    public static TranscriptEntry Question(InboundMessage message) =>
        new(message.RunId + ":user", User, message.Content, message.TimestampMs, message.RunId)
        {
            Attachments = message.Attachments.Count > 0 ? message.Attachments : null,
        };

    /// <summary>True when it is the end of this run.</summary>
    public bool Ends(string runId) => Role == Assistant && (RunId == runId || AlsoAnswers?.Contains(runId) == true);

    public byte[] ToBytes() => StoredJson.ToBytes(this, SessionsJson.Default.TranscriptEntry);

    public static TranscriptEntry Read(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, SessionsJson.Default.TranscriptEntry)!;
}
