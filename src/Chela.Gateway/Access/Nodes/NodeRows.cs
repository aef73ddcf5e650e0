using Chela.Gateway.Access.Devices;

namespace Chela.Gateway.Access.Nodes;

/// <summary>Puts together what is known of nodes: what was approved, and what those that are connected say.</summary>
internal sealed class NodeRows(DeviceTable devices, NodeRegistry registry)
{
    /// <summary>Every device that was admitted as a node.</summary>
    public IEnumerable<NodeRow> All => devices.All.Where(IsNode).OrderBy(device => device.CreatedAtMs).Select(Of);

    /// <summary>The node with this id; null when there is none.</summary>
    public NodeRow? Find(string nodeId) => devices.Find(nodeId) is { } device && IsNode(device) ? Of(device) : null;

    public NodeRow Of(PairedDevice device)
    {
        var session = registry.Find(device.DeviceId);
        var surface = session is null ? device.Surface ?? NodeSurface.Empty : registry.Effective(session);
        return new NodeRow(device.DeviceId, surface.Caps, surface.Commands, Paired: true, Connected: session is not null)
        {
            DisplayName = device.Label ?? session?.DisplayName ?? device.DisplayName,
            Platform = session?.Platform ?? device.Platform,
            Version = session?.Version,
            ClientId = session?.ClientId ?? device.ClientId,
            ClientMode = session?.ClientMode ?? device.ClientMode,
            DeviceFamily = session?.DeviceFamily ?? device.DeviceFamily,
            ModelIdentifier = session?.ModelIdentifier,
            RemoteIp = session?.RemoteIp ?? device.RemoteIp,
            PathEnv = session?.PathEnv,
            Permissions = session?.Permissions,
            PendingRequestId = registry.Waiting.FirstOrDefault(request => request.NodeId == device.DeviceId)?.RequestId,
            ConnectedAtMs = session?.ConnectedAtMs,
            LastSeenAtMs = device.LastSeenAtMs == 0 ? null : device.LastSeenAtMs,
            LastSeenReason = device.LastSeenReason,
            ApprovedAtMs = device.SurfaceApprovedAtMs,
        };
    }

    private static bool IsNode(PairedDevice device) => device.Roles.Contains("node");
}
