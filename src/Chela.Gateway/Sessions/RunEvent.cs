using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>An event of a run. Numbered within the run, so that a client sees the order of what it merges.</summary>
internal abstract class RunEvent(Turn turn, int number) : GatewayEvent
{
    /// <summary>The run.</summary>
    protected Turn Turn { get; } = turn;

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override SessionKey? Session => Turn.Session;

    /// <summary>Words told after a tool, or after the end, must not stand for words told before it.</summary>
    public override bool EndsMerging => MergeKey is null;

    public sealed override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        if (dialect == Dialect.Session)
        {
            WriteTaggedMembers(writer, Turn.Session.Value);
            return;
        }

        if (dialect == Dialect.JsonRpc)
        {
            writer.WriteString("message_id"u8, Turn.RunId);
            writer.WriteString("session_key"u8, Turn.Session.Value);
            WriteSnakeMembers(writer);
            return;
        }

        writer.WriteString("runId"u8, Turn.RunId);
        writer.WriteString("sessionKey"u8, Turn.Session.Value);
        writer.WriteString("agentId"u8, Turn.Session.AgentId);
        if (Turn.SpawnedBy is { } parent)
        {
            writer.WriteString("spawnedBy"u8, parent);
        }

        writer.WriteNumber("seq"u8, number);
        WriteOwnMembers(writer);
    }

    /// <summary>Writes what the OpenClaw protocol has for this event beyond the common members.</summary>
    protected abstract void WriteOwnMembers(Utf8JsonWriter writer);

    /// <summary>Writes the same in the words of the JSON-RPC design document (snake case).</summary>
    protected virtual void WriteSnakeMembers(Utf8JsonWriter writer)
    {
    }

    /// <summary>Writes the same for the Session dialect.</summary>
    protected virtual void WriteTaggedMembers(Utf8JsonWriter writer, string sessionId)
    {
    }

    /// <summary>A message of the assistant as the protocol has it: role, content blocks, timestamp.</summary>
    protected static void WriteMessage(Utf8JsonWriter writer, string text, long timestampMs)
    {
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteStartArray("content"u8);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteNumber("timestamp"u8, timestampMs);
        writer.WriteEndObject();
    }
}
