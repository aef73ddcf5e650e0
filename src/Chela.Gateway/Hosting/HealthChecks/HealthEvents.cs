using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>How the gateway is, for those who may read.</summary>
internal sealed class HealthEvent(JsonElement snapshot, (long Presence, long Health) version) : GatewayEvent
{
    public override string Name => "health";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override (long Presence, long Health)? StateVersion => version;

    public override string? NameIn(Dialect dialect) => dialect == Dialect.OpenClaw ? Name : null;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        foreach (var member in snapshot.EnumerateObject())
        {
            member.WriteTo(writer);
        }
    }
}

/// <summary>A part of the gateway is another way than before. Clients of OpenClaw hear the whole of it instead.</summary>
internal sealed class HealthChangedEvent(HealthChange change, HealthLevel gateway, long nowMs) : GatewayEvent
{
    public override string Name => "health_changed";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override string? NameIn(Dialect dialect) => dialect is Dialect.JsonRpc or Dialect.Plain ? Name : null; // the others have a closed list

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("part"u8, change.Part.Name);
        writer.WriteString("state"u8, HealthWords.Of(change.Part.Finding.Level));
        writer.WriteString("previous"u8, HealthWords.Of(change.Before));
        if (change.Part.Finding.Reason is { } reason)
        {
            writer.WriteString("reason"u8, reason);
        }

        writer.WriteString("gateway"u8, HealthWords.Of(gateway));
        writer.WriteNumber("ts"u8, nowMs);
    }
}

/// <summary>The words for how well something is.</summary>
internal static class HealthWords
{
    public static string Of(HealthLevel level) => level switch
    {
        HealthLevel.Ok => "ok",
        HealthLevel.Degraded => "degraded",
        _ => "down",
    };
}
