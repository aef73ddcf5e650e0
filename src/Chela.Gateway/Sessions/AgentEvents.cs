using System.Text.Json;
using Chela.Contracts.Events;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>What an agent does while it runs (04-events § 4). For OpenClaw clients only.</summary>
internal abstract class AgentEvent(Turn turn, int number, string stream, long nowMs) : RunEvent(turn, number)
{
    protected const string Lifecycle = "lifecycle";

    public override string Name => "agent";

    public override string? NameIn(Dialect dialect) => dialect == Dialect.OpenClaw ? Name : null;

    protected sealed override void WriteOwnMembers(Utf8JsonWriter writer)
    {
        if (Turn.SessionId is { } sessionId && stream == Lifecycle)
        {
            writer.WriteString("sessionId"u8, sessionId);
        }

        writer.WriteString("stream"u8, stream);
        writer.WriteNumber("ts"u8, nowMs);
        writer.WriteStartObject("data"u8);
        WriteData(writer);
        writer.WriteEndObject();
        writer.WriteBoolean("isHeartbeat"u8, false); // no run here is one
    }

    protected abstract void WriteData(Utf8JsonWriter writer);
}

/// <summary>The run's text grows.</summary>
/// <param name="start">Where the next words begin in the text.</param>
/// <param name="text">All that was said so far.</param>
internal sealed class AgentTextEvent(Turn turn, int number, int start, string text, long nowMs)
    : AgentEvent(turn, number, "assistant", nowMs)
{
    private readonly int _number = number;
    private readonly int _start = start;
    private readonly long _nowMs = nowMs;

    public override bool DropIfSlow => true;

    public override string MergeKey { get; } = $"agent {turn.RunId}";

    public override GatewayEvent MergedWith(GatewayEvent earlier) =>
        earlier is AgentTextEvent before ? new AgentTextEvent(Turn, _number, before._start, text, _nowMs) : this;

    protected override void WriteData(Utf8JsonWriter writer)
    {
        writer.WriteString("text"u8, text);
        writer.WriteString("delta"u8, text.AsSpan(_start));
    }
}

/// <summary>The run began.</summary>
internal sealed class AgentStartEvent(Turn turn, int number, long nowMs) : AgentEvent(turn, number, Lifecycle, nowMs)
{
    private readonly long _nowMs = nowMs;

    protected override void WriteData(Utf8JsonWriter writer)
    {
        writer.WriteString("phase"u8, "start"u8);
        writer.WriteNumber("startedAt"u8, _nowMs);
    }
}

/// <summary>The run ended.</summary>
internal sealed class AgentEndEvent(Turn turn, int number, TurnResult result, long startedAtMs)
    : AgentEvent(turn, number, Lifecycle, result.EndedAtMs)
{
    protected override void WriteData(Utf8JsonWriter writer)
    {
        writer.WriteString("phase"u8, result.Status is TurnStatus.Done or TurnStatus.Aborted ? "end" : "error");
        writer.WriteNumber("startedAt"u8, startedAtMs);
        writer.WriteNumber("endedAt"u8, result.EndedAtMs);
        writer.WriteBoolean("aborted"u8, result.Status == TurnStatus.Aborted);
        writer.WriteString("stopReason"u8, StopReasons.InEvents(result.Status));
        if (result.Status == TurnStatus.Aborted)
        {
            writer.WriteString("status"u8, "cancelled"u8);
        }

        if (result.Error is not null)
        {
            writer.WriteString("error"u8, result.Error);
        }
    }
}

/// <summary>The run summarizes what is older before it goes on, or has ended to.</summary>
internal sealed class AgentCompactionEvent(Turn turn, int number, bool isEnd, long nowMs) : AgentEvent(turn, number, "compaction", nowMs)
{
    protected override void WriteData(Utf8JsonWriter writer)
    {
        writer.WriteString("phase"u8, isEnd ? "end"u8 : "start"u8);
        if (isEnd)
        {
            writer.WriteBoolean("willRetry"u8, false);
        }
    }
}
