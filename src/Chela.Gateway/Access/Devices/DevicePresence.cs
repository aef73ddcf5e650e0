using Chela.Gateway.Rpc;

namespace Chela.Gateway.Access.Devices;

/// <summary>Which devices are connected now. Whoever holds the sockets fills it, and closes them when a device loses its right.</summary>
internal sealed class DevicePresence
{
    private volatile Func<string, bool> _isConnected = _ => false;
    private volatile Action<string, string?, string, CallContext> _end = (_, _, _, _) => { };

    /// <summary>Tells how to find the sockets of a device, and how to end them (device, role or all, reason, the call that ends them).</summary>
    public void Attach(Func<string, bool> isConnected, Action<string, string?, string, CallContext> end) => (_isConnected, _end) = (isConnected, end);

    public bool IsConnected(string deviceId) => _isConnected(deviceId);

    /// <summary>
    /// Ends the sockets of a device at once: when the call is answered, none of them can call any more. The caller's own, if it is
    /// one of them, ends after the answer.
    /// </summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="role">Only those that connected in this role; null for all.</param>
    /// <param name="reason">A few words for the close frame.</param>
    /// <param name="call">The call that ends them.</param>
    public void End(string deviceId, string? role, string reason, CallContext call) => _end(deviceId, role, reason, call);
}
