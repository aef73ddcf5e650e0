using System.Text.Json;
using Chela.Contracts.Events;
using Chela.Contracts.Tools;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>What clients are told of a call of a tool.</summary>
/// <param name="Name">The tool, as the model calls it.</param>
/// <param name="CallId">The call.</param>
internal sealed record ToolNews(string Name, string CallId)
{
    /// <summary>What it is called with, a JSON object; null once it has run.</summary>
    public string? Arguments { get; init; }

    /// <summary>What came of it; null while it runs.</summary>
    public ToolResult? Result { get; init; }
}

/// <summary>Who is told of tools (04-events § 4). OpenClaw clients have two events for it, each with its own way to ask for it.</summary>
internal enum ToolAudience
{
    /// <summary>OpenClaw clients with the capability <c>tool-events</c>.</summary>
    Capable,

    /// <summary>OpenClaw clients that subscribed to the list of sessions.</summary>
    Watching,

    /// <summary>Clients of the other dialects that follow the session.</summary>
    Others,
}

/// <summary>A tool is called, or has run.</summary>
internal class ToolEvent(Turn turn, int number, ToolNews news, ToolAudience audience, long nowMs) : RunEvent(turn, number)
{
    /// <summary>The longest arguments and result that clients are told, in characters; the transcript has them whole.</summary>
    private const int LongestText = 8_000;

    public override string Name => "agent";

    public override string? Topic => audience switch
    {
        ToolAudience.Capable => ClientCapabilities.ToolEvents,
        ToolAudience.Watching => SessionsChangedEvent.ListTopic,
        _ => null,
    };

    public override bool DropIfSlow => true;

    public override string? NameIn(Dialect dialect) => (dialect, audience) switch
    {
        (Dialect.OpenClaw, ToolAudience.Others) => null,
        (Dialect.OpenClaw, _) => Name,
        (Dialect.Session, ToolAudience.Others) => news.Result is null ? "AgentToolStart" : "AgentToolComplete",
        (_, ToolAudience.Others) => "chat.tool",
        _ => null,
    };

    protected override void WriteOwnMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("stream"u8, "tool"u8);
        writer.WriteNumber("ts"u8, nowMs);
        writer.WriteStartObject("data"u8);
        WriteNews(writer, "toolCallId", "isError");
        writer.WriteEndObject();
        writer.WriteBoolean("isHeartbeat"u8, false);
    }

    protected override void WriteSnakeMembers(Utf8JsonWriter writer) => WriteNews(writer, "tool_call_id", "is_error");

    protected override void WriteTaggedMembers(Utf8JsonWriter writer, string sessionId)
    {
        writer.WriteString("session_id"u8, sessionId);
        writer.WriteString("tool"u8, news.Name);
        if (news.Result is { } result)
        {
            writer.WriteString("result"u8, Short(result.Text));
        }
    }

    private void WriteNews(Utf8JsonWriter writer, string callId, string isError)
    {
        writer.WriteString("phase"u8, news.Result is null ? "start"u8 : "result"u8);
        writer.WriteString("name"u8, news.Name);
        writer.WriteString(callId, news.CallId);
        if (news.Result is { } result)
        {
            writer.WriteString("result"u8, Short(result.Text));
            writer.WriteBoolean(isError, result.IsError);
        }
        else if (news.Arguments is { Length: <= LongestText } arguments)
        {
            writer.WritePropertyName("args"u8);
            writer.WriteRawValue(arguments);
        }
    }

    private static string Short(string text) => text.Length <= LongestText ? text
        : text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)] + "…";
}

/// <summary>The same for those who subscribed to the list of sessions.</summary>
internal sealed class SessionToolEvent(Turn turn, int number, ToolNews news, long nowMs) : ToolEvent(turn, number, news, ToolAudience.Watching, nowMs)
{
    public override string Name => "session.tool";
}
