using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Sessions;

/// <summary>How an operation on a session ended.</summary>
/// <param name="Completed">True when it did what it is for.</param>
/// <param name="Reason">Why it did not, in one sentence.</param>
internal sealed record OperationEnd(bool Completed, string? Reason);

/// <summary>A session is being compacted, or that has ended: for those who subscribed to the list of sessions.</summary>
/// <param name="id">Common to the beginning and the end.</param>
/// <param name="key">The session.</param>
/// <param name="end">How it ended; null for the beginning.</param>
/// <param name="nowMs">When, Unix milliseconds.</param>
internal sealed class SessionOperationEvent(string id, SessionKey key, OperationEnd? end, long nowMs) : GatewayEvent
{
    public override string Name => "session.operation";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override bool DropIfSlow => true;

    public override string Topic => SessionsChangedEvent.ListTopic;

    public override string? NameIn(Dialect dialect) => dialect == Dialect.Session ? null : Name;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("operationId"u8, id);
        writer.WriteString("operation"u8, "compact"u8);
        writer.WriteString("phase"u8, end is null ? "start"u8 : "end"u8);
        writer.WriteString("sessionKey"u8, key.Value);
        writer.WriteString("agentId"u8, key.AgentId);
        writer.WriteNumber("ts"u8, nowMs);
        if (end is null)
        {
            return;
        }

        writer.WriteBoolean("completed"u8, end.Completed);
        if (end.Reason is { } reason)
        {
            writer.WriteString("reason"u8, reason);
        }
    }
}
