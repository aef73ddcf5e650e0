using Chela.Gateway.Access.Nodes;
using Chela.Gateway.Rpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>Tells those who keep lists of clients that one came or went.</summary>
internal sealed class Arrivals(Presence presence, NodeRegistry nodes, TimeProvider time)
{
    public void Join(Connection connection, ConnectParams connect, Admitted admitted)
    {
        presence.Join(connection.Id, connection.Address, connect, admitted);
        if (admitted is { Role: CallerRole.Node, DeviceId: { } deviceId })
        {
            nodes.Join(new NodeSession(deviceId, connection.Id, time.GetUtcNow().ToUnixTimeMilliseconds(), NodeSurface.Of(connect.Caps, connect.Commands))
            {
                DisplayName = connect.Client.DisplayName,
                Platform = connect.Client.Platform,
                Version = connect.Client.Version,
                DeviceFamily = connect.Client.DeviceFamily,
                ModelIdentifier = connect.Client.ModelIdentifier,
                ClientId = connect.Client.Id,
                ClientMode = connect.Client.Mode,
                RemoteIp = connection.Address?.ToString(),
                PathEnv = connect.PathEnv,
                Permissions = connect.Permissions,
            });
        }
    }

    public void Leave(Connection connection)
    {
        presence.Leave(connection.Id);
        nodes.Leave(connection.Id);
    }
}
