using Chela.Contracts.Errors;

namespace Chela.Gateway.Rpc;

/// <summary>Decides whether a call may run, in the protocol's order (01-wire § 4): role, scope, how often.</summary>
internal sealed class CallGate(CallLimits limits)
{
    /// <summary>So many calls of the other role are answered; with the next one the connection ends.</summary>
    public const int MaxRoleRefusals = 10;

    /// <summary>The reason that it is told.</summary>
    public const string Flood = "repeated unauthorized calls";

    /// <summary>The error to answer with, or null when the call may go on.</summary>
    public RpcError? Refusal(CallContext call, RpcMethod? method)
    {
        if (ScopeCheck.RoleRefusal(call.Caller, call.Method, method) is { } role)
        {
            if (call.Connection.Meter.CountRoleRefusal() > MaxRoleRefusals)
            {
                call.AfterAnswer(() => call.Connection.Close(1008, Flood));
            }

            return role;
        }

        return ScopeCheck.Refusal(call.Caller, call.Method, method) ?? (method is null or { Cost: CallCost.Free } ? null : limits.Refusal(method, call.Caller, call.Connection.Meter));
    }
}
