namespace Chela.Gateway.Access.Devices;

/// <summary>Which devices are connected now. Whoever holds the sockets fills it, and closes them when a device loses its right.</summary>
internal sealed class DevicePresence
{
    private volatile Func<string, bool> _isConnected = _ => false;
    private volatile Action<string, string?, string> _end = (_, _, _) => { };

    /// <summary>Tells how to find the sockets of a device, and how to end them (device, role or all, reason).</summary>
    public void Attach(Func<string, bool> isConnected, Action<string, string?, string> end) => (_isConnected, _end) = (isConnected, end);

    public bool IsConnected(string deviceId) => _isConnected(deviceId);

    /// <summary>Ends the sockets of a device.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="role">Only those that connected in this role; null for all.</param>
    /// <param name="reason">A few words for the close frame.</param>
    public void End(string deviceId, string? role, string reason) => _end(deviceId, role, reason);
}
