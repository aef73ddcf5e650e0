using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Events;
using Chela.Gateway.Access.Devices;

namespace Chela.Gateway.Access.Nodes;

/// <summary>A node offers more than was approved; somebody has to decide.</summary>
internal sealed class NodeRequestedEvent(NodeRequest request) : DeviceEvent
{
    public override string Name => "node.pair.requested";

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        using var members = JsonSerializer.SerializeToDocument(request, NodesJson.Default.NodeRequest);
        foreach (var member in members.RootElement.EnumerateObject())
        {
            member.WriteTo(writer);
        }
    }
}

/// <summary>Somebody decided on a node.</summary>
/// <param name="requestId">Empty when no request was decided: the node was removed.</param>
/// <param name="decision"><c>approved</c>, <c>rejected</c> or <c>removed</c>.</param>
internal sealed class NodeResolvedEvent(string requestId, string nodeId, string decision, long nowMs) : DeviceEvent
{
    public override string Name => "node.pair.resolved";

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("requestId"u8, requestId);
        writer.WriteString("nodeId"u8, nodeId);
        writer.WriteString("decision"u8, decision);
        writer.WriteNumber("ts"u8, nowMs);
    }
}

/// <summary>A node has connected. When it was last used is not known: nodes are not asked yet.</summary>
internal sealed class NodePresenceEvent(string nodeId) : DeviceEvent
{
    public override string Name => "node.presence";

    public override OperatorScopes RequiredScope => OperatorScopes.Read;

    public override void WriteMembers(Utf8JsonWriter writer, Dialect dialect)
    {
        writer.WriteString("nodeId"u8, nodeId);
        writer.WriteNull("lastActiveAtMs"u8);
        writer.WriteNull("presenceUpdatedAtMs"u8);
    }
}
