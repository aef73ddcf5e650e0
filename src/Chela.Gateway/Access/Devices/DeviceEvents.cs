using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;

namespace Chela.Gateway.Access.Devices;

/// <summary>What those hear who admit devices.</summary>
internal abstract class DeviceEvent : GatewayEvent
{
    public override OperatorScopes RequiredScope => OperatorScopes.Pairing;

    public override bool DropIfSlow => true;

    /// <summary>The session dialect has a closed list of tags, and none of these is in it.</summary>
    public override string? NameIn(Dialect dialect) => dialect == Dialect.Session ? null : Name;
}

/// <summary>A device asks to be admitted; somebody has to decide.</summary>
internal sealed class PairingRequestedEvent(PairingRequest request) : DeviceEvent
{
    public override string Name => "device.pair.requested";

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
internal sealed class PairingResolvedEvent(PairingRequest request, bool isApproved, long nowMs) : DeviceEvent
{
    public override string Name => "device.pair.resolved";

    public string RequestId => request.RequestId;

    public bool IsApproved => isApproved;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("requestId"u8, request.RequestId);
        writer.WriteString("deviceId"u8, request.DeviceId);
        writer.WriteString("decision"u8, isApproved ? "approved"u8 : "rejected"u8);
        writer.WriteNumber("ts"u8, nowMs);
    }
}

/// <summary>The list of devices is another one than before: read it again.</summary>
internal sealed class DevicesChangedEvent : DeviceEvent
{
    public override string Name => "device.pair.changed";

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        // The protocol's payload is empty.
    }
}

/// <summary>A device was let in by a setup code.</summary>
internal sealed class SetupCompletedEvent(SetupCompletion completion) : DeviceEvent
{
    public override string Name => "device.pair.setup.completed";

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("setupId"u8, completion.SetupId);
        writer.WriteString("deviceId"u8, completion.DeviceId);
        if (completion.DeviceName is { } name)
        {
            writer.WriteString("deviceName"u8, name);
        }

        writer.WriteString("access"u8, completion.Access);
        writer.WriteNumber("ts"u8, completion.Ts);
    }
}
