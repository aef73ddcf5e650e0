using System.Text.Json;
using Chela.Contracts.Events;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Sessions;

/// <summary>The next words of an answer, with all that was said so far (04-events § 3).</summary>
/// <param name="start">Where the next words begin in the text.</param>
/// <param name="text">All that was said so far.</param>
internal sealed class ChatDeltaEvent(Turn turn, int number, int start, string text, long nowMs) : RunEvent(turn, number)
{
    private readonly Turn _turn = turn;
    private readonly int _number = number;
    private readonly int _start = start;

    public override string Name => "chat";

    public override string MergeKey { get; } = $"chat {turn.RunId}";

    private ReadOnlySpan<char> Delta => text.AsSpan(_start);

    /// <summary>The next delta, or the end, brings the whole text again.</summary>
    public override bool DropIfSlow => true;

    public override string? NameIn(Dialect dialect) => dialect switch
    {
        Dialect.OpenClaw => Name,
        Dialect.Session => "AgentToken",
        _ => "chat.delta",
    };

    public override GatewayEvent MergedWith(GatewayEvent earlier) =>
        earlier is ChatDeltaEvent before ? new ChatDeltaEvent(_turn, _number, before._start, text, nowMs) : this;

    protected override void WriteOwnMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("state"u8, "delta"u8);
        writer.WriteString("deltaText"u8, Delta);
        WriteMessage(writer, text, nowMs);
    }

    protected override void WriteSnakeMembers(Utf8JsonWriter writer) => writer.WriteString("delta"u8, Delta);

    protected override void WriteTaggedMembers(Utf8JsonWriter writer, string sessionId)
    {
        writer.WriteString("session_id"u8, sessionId);
        writer.WriteString("token"u8, Delta);
    }
}

/// <summary>The end of a run: exactly one for each.</summary>
internal sealed class ChatEndEvent(Turn turn, int number, TurnResult result, string? errorKind) : RunEvent(turn, number)
{
    public override string Name => "chat";

    public override string? NameIn(Dialect dialect) => dialect switch
    {
        Dialect.OpenClaw => Name,
        Dialect.Session => result.Status == TurnStatus.Done ? "AgentComplete" : "Error",
        _ => result.Status switch
        {
            TurnStatus.Done => "chat.done",
            TurnStatus.Aborted => "chat.aborted",
            _ => "chat.error",
        },
    };

    protected override void WriteOwnMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("state"u8, result.Status switch
        {
            TurnStatus.Done => "final",
            TurnStatus.Aborted => "aborted",
            _ => "error",
        });
        if (result.Status is TurnStatus.Aborted or TurnStatus.Done)
        {
            writer.WriteString("stopReason"u8, StopReasons.InEvents(result.Status));
        }
        else
        {
            writer.WriteString("errorMessage"u8, result.Error);
            writer.WriteString("errorKind"u8, errorKind ?? "unknown");
        }

        if (result.Text.Length > 0)
        {
            WriteMessage(writer, result.Text, result.EndedAtMs);
        }

        WriteUsage(writer, "totalTokens");
    }

    protected override void WriteSnakeMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("text"u8, result.Text);
        if (result.Error is not null)
        {
            writer.WriteString("error"u8, result.Error);
        }

        writer.WriteString("timestamp"u8, Timestamps.Iso(result.EndedAtMs));
        WriteUsage(writer, "total_tokens");
    }

    protected override void WriteTaggedMembers(Utf8JsonWriter writer, string sessionId)
    {
        if (result.Status != TurnStatus.Done)
        {
            writer.WriteString("code"u8, result.Status == TurnStatus.Aborted ? "ABORTED" : "AGENT_FAILED");
            writer.WriteString("message"u8, result.Error ?? "the run was stopped");
            return;
        }

        writer.WriteString("session_id"u8, sessionId);
        WriteUsage(writer, "total_tokens");
    }

    private void WriteUsage(Utf8JsonWriter writer, string total)
    {
        if (result.Usage is not { } usage)
        {
            return;
        }

        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("input"u8, usage.Input);
        writer.WriteNumber("output"u8, usage.Output);
        writer.WriteNumber(total, usage.TotalTokens);
        if (usage.Cached is { } cached)
        {
            writer.WriteBoolean("cached", cached);
        }

        writer.WriteEndObject();
    }
}

/// <summary>How the design documents write points in time.</summary>
internal static class Timestamps
{
    /// <summary>ISO 8601 in UTC with milliseconds, for example <c>2026-02-24T10:00:00.000Z</c>.</summary>
    public static string Iso(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs)
        .UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
}
