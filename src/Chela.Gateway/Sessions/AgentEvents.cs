using System.Text.Json;
using Chela.Contracts.Events;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>What an agent does while it runs (04-events § 4). For OpenClaw clients only.</summary>
internal abstract class AgentEvent(Turn turn, int number, string stream, long nowMs) : RunEvent(turn, number)
{
    public override string Name => "agent";

    public override string? NameIn(Dialect dialect) => dialect == Dialect.OpenClaw ? Name : null;

    protected sealed override void WriteOwnMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("stream"u8, stream);
        writer.WriteNumber("ts"u8, nowMs);
        writer.WriteStartObject("data"u8);
        WriteData(writer);
        writer.WriteEndObject();
    }

    protected abstract void WriteData(Utf8JsonWriter writer);
}

/// <summary>The run's text grows.</summary>
internal sealed class AgentTextEvent(Turn turn, int number, string delta, string text, long nowMs)
    : AgentEvent(turn, number, "assistant", nowMs)
{
    public override bool DropIfSlow => true;

    protected override void WriteData(Utf8JsonWriter writer)
    {
        writer.WriteString("text"u8, text);
        writer.WriteString("delta"u8, delta);
    }
}

/// <summary>The run began.</summary>
internal sealed class AgentStartEvent(Turn turn, int number, long nowMs) : AgentEvent(turn, number, "lifecycle", nowMs)
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
    : AgentEvent(turn, number, "lifecycle", result.EndedAtMs)
{
    protected override void WriteData(Utf8JsonWriter writer)
    {
        writer.WriteString("phase"u8, result.Status is TurnStatus.Done or TurnStatus.Aborted ? "end" : "error");
        writer.WriteNumber("startedAt"u8, startedAtMs);
        writer.WriteNumber("endedAt"u8, result.EndedAtMs);
        writer.WriteBoolean("aborted"u8, result.Status == TurnStatus.Aborted);
        if (result.Error is not null)
        {
            writer.WriteString("error"u8, result.Error);
        }
    }
}
