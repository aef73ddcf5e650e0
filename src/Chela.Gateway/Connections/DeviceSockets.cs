using Chela.Gateway.Access.Devices;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Connections;

/// <summary>Knows the sockets of each device, and closes them when the device loses its right to be here.</summary>
internal sealed class DeviceSockets
{
    /// <summary>The close code for a credential that is of no use any more (02-handshake § 7.4).</summary>
    public const int CredentialEnded = 4001;

    private readonly ConnectionTable _connections;

    public DeviceSockets(ConnectionTable connections, DevicePresence presence)
    {
        _connections = connections;
        presence.Attach(deviceId => Of(deviceId, role: null).Any(), End);
    }

    private IEnumerable<Connection> Of(string deviceId, string? role) => _connections.All.Where(connection =>
        connection.Caller.DeviceId == deviceId && (role is null || (role == "node") == (connection.Caller.Role == CallerRole.Node)));

    private void End(string deviceId, string? role, string reason, CallContext call)
    {
        foreach (var connection in Of(deviceId, role))
        {
            connection.Close(CredentialEnded, reason, call);
        }
    }
}
