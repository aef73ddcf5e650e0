using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;

namespace Chela.Gateway.Access.Devices;

/// <summary>A device asks to be admitted; somebody has to decide.</summary>
internal sealed class PairingRequestedEvent(PairingRequest request) : GatewayEvent
{
    public override string Name => "device.pair.requested";

    public override OperatorScopes RequiredScope => OperatorScopes.Pairing;

    public override bool DropIfSlow => true;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        using var members = JsonSerializer.SerializeToDocument(request, DevicesJson.Default.PairingRequest);
        foreach (var member in members.RootElement.EnumerateObject())
        {
            member.WriteTo(writer);
        }
    }
}

/// <summary>Somebody decided, or another request took this one's place.</summary>
/// <param name="decision"><c>approved</c> or <c>rejected</c>.</param>
internal sealed class PairingResolvedEvent(PairingRequest request, string decision, long nowMs) : GatewayEvent
{
    public override string Name => "device.pair.resolved";

    public override OperatorScopes RequiredScope => OperatorScopes.Pairing;

    public override bool DropIfSlow => true;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("requestId"u8, request.RequestId);
        writer.WriteString("deviceId"u8, request.DeviceId);
        writer.WriteString("decision"u8, decision);
        writer.WriteNumber("ts"u8, nowMs);
    }
}
