using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>Somebody came or went: the whole list anew.</summary>
internal sealed class PresenceEvent(IReadOnlyList<PresenceEntry> rows, (long Presence, long Health) version) : GatewayEvent
{
    public override string Name => "presence";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override bool DropIfSlow => true;

    public override (long Presence, long Health)? StateVersion => version;

    public override string? NameIn(Dialect dialect) => dialect == Dialect.OpenClaw ? Name : null;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WritePropertyName("presence"u8);
        JsonSerializer.Serialize(writer, rows, OpenClawJson.Default.IReadOnlyListPresenceEntry);
    }
}

/// <summary>Who is there, for those who ask.</summary>
internal sealed class PresenceMethods(Presence presence) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = OpenClawJson.Default;
        methods.Add(MethodMap.Method<PresenceParams, IReadOnlyList<PresenceEntry>>(
            "system-presence", OperatorScopes.Read, json.PresenceParams, json.IReadOnlyListPresenceEntry, (_, _, _) => new(presence.Rows)) with
        {
            Summary = "The gateway, the clients that are connected now, and those that left within five minutes.",
        });
    }
}
