using System.Text.Json;
using Chela.Contracts.Events;

namespace Chela.Gateway.Connections;

/// <summary>A sign of life for clients that watch for silence.</summary>
/// <param name="nowMs">The gateway's clock, Unix milliseconds.</param>
internal sealed class TickEvent(long nowMs) : GatewayEvent
{
    public override string Name => "tick";

    /// <summary>JSON-RPC clients are kept alive by WebSocket pings; an unasked notification would only disturb them.</summary>
    public override string? NameIn(Dialect dialect) => dialect == Dialect.OpenClaw ? Name : null;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect) => writer.WriteNumber("ts"u8, nowMs);
}

/// <summary>The gateway is about to stop; sent once, before the sockets close.</summary>
/// <param name="reason">For example <c>gateway stopping</c>.</param>
/// <param name="restartExpectedMs">When it is expected back, in milliseconds; null when it is not.</param>
internal sealed class ShutdownEvent(string reason, int? restartExpectedMs) : GatewayEvent
{
    /// <summary>How long clients are told that a restart takes, when nothing hinders it.</summary>
    private const int UsualRestartMs = 1500;

    public static ShutdownEvent Stopping { get; } = new("gateway stopping", restartExpectedMs: null);

    public static ShutdownEvent Restarting { get; } = new("gateway restarting", UsualRestartMs);

    public override string Name => "shutdown";

    /// <summary>The design document's name for it in the JSON-RPC world is <c>gateway_closing</c> (K9).</summary>
    public override string? NameIn(Dialect dialect) => dialect switch
    {
        Dialect.OpenClaw => Name,
        Dialect.Session => null, // its list of messages is closed; the close code says the same
        _ => "gateway_closing",
    };

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("reason"u8, reason);
        if (restartExpectedMs is { } wait)
        {
            writer.WriteNumber("restartExpectedMs"u8, wait);
        }
    }
}
