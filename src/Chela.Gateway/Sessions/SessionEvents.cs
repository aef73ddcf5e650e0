using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Sessions;

/// <summary>A session appeared, changed or went: for those who subscribed to the list of sessions.</summary>
/// <param name="key">The session.</param>
/// <param name="row">The session as lists show it; null when it is gone.</param>
/// <param name="reason">For example <c>send</c>, <c>message</c>, <c>patch</c>, <c>reset</c> or <c>delete</c>.</param>
/// <param name="nowMs">When, Unix milliseconds.</param>
internal sealed class SessionsChangedEvent(SessionKey key, SessionInfo? row, string reason, long nowMs) : GatewayEvent
{
    /// <summary>What <c>sessions.subscribe</c> subscribes to.</summary>
    public const string ListTopic = "sessions";

    public override string Name => "sessions.changed";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override string Topic => ListTopic;

    public override string? NameIn(Dialect dialect) => dialect == Dialect.Session ? null : Name;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("sessionKey"u8, key.Value);
        writer.WriteString("reason"u8, reason);
        writer.WriteNumber("ts"u8, nowMs);
        if (row is null)
        {
            return;
        }

        // The members of the row stand beside those of the event, as OpenClaw has it.
        foreach (var member in JsonSerializer.SerializeToElement(row, SessionsJson.Default.SessionInfo).EnumerateObject())
        {
            member.WriteTo(writer);
        }
    }
}

/// <summary>A line was added to a transcript: for those who subscribed to the session.</summary>
/// <param name="key">The session.</param>
/// <param name="entry">The line.</param>
/// <param name="number">Its place in the transcript, from 1.</param>
internal sealed class SessionMessageEvent(SessionKey key, TranscriptEntry entry, long number) : GatewayEvent
{
    public override string Name => "session.message";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override SessionKey? Session => key;

    public override string Topic => TopicOf(key);

    /// <summary>What <c>sessions.messages.subscribe</c> subscribes to.</summary>
    public static string TopicOf(SessionKey key) => $"messages of {key.Value}";

    public override string? NameIn(Dialect dialect) => dialect == Dialect.Session ? null : Name;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("sessionKey"u8, key.Value);
        writer.WriteString("agentId"u8, key.AgentId);
        writer.WriteString("messageId"u8, entry.Id);
        writer.WriteNumber("messageSeq"u8, number);
        writer.WritePropertyName("message"u8);
        var message = ChatHistory.ToMessage(entry, HistoryPage.MaxMessageChars);
        JsonSerializer.Serialize(writer, message, SessionsJson.Default.TranscriptMessage);
    }
}

/// <summary>A note was added to a transcript without a run: the <c>chat</c> event of <c>chat.inject</c>.</summary>
internal sealed class ChatNoteEvent(SessionKey key, TranscriptEntry note) : GatewayEvent
{
    public override string Name => "chat";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override SessionKey? Session => key;

    /// <summary>The design documents of the other dialects have no notes.</summary>
    public override string? NameIn(Dialect dialect) => dialect == Dialect.OpenClaw ? Name : null;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("runId"u8, note.RunId);
        writer.WriteString("sessionKey"u8, key.Value);
        writer.WriteString("agentId"u8, key.AgentId);
        writer.WriteNumber("seq"u8, 0);
        writer.WriteString("state"u8, "final"u8);
        writer.WriteString("stopReason"u8, StopReasons.Stop);
        writer.WritePropertyName("message"u8);
        var message = ChatHistory.ToMessage(note, HistoryPage.MaxMessageChars);
        JsonSerializer.Serialize(writer, message, SessionsJson.Default.TranscriptMessage);
    }
}
