using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Access.Devices;

/// <summary>Whose device is whose: without admin a caller sees and changes its own only, as an operator's device and as a node.</summary>
internal static class DeviceOwner
{
    public static bool MayTouch(Caller caller, string deviceId) => caller.Holds(OperatorScopes.Admin) || caller.DeviceId == deviceId;

    /// <exception cref="RpcException">The device is another's.</exception>
    public static void Require(Caller caller, string deviceId)
    {
        if (!MayTouch(caller, deviceId))
        {
            throw new RpcException(ScopeCheck.Missing(OperatorScopes.Admin));
        }
    }
}
