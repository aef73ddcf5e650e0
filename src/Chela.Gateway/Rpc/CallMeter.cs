using System.Net;

namespace Chela.Gateway.Rpc;

/// <summary>What is counted of one connection.</summary>
/// <param name="network">Where its client is, as limits see it.</param>
internal sealed class CallMeter(IPAddress network)
{
    private int _roleRefusals;

    /// <summary>The unit of addresses that is counted together.</summary>
    public IPAddress Network => network;

    /// <summary>True for a call over HTTP, which has no connection: those of one network are counted together.</summary>
    public bool IsOneCall { get; init; }

    /// <summary>The chat calls of the connection; belongs to the limits.</summary>
    internal RateWindow Chat { get; } = new();

    /// <summary>One more call of a method of the other role was refused; gives how many were.</summary>
    public int CountRoleRefusal() => Interlocked.Increment(ref _roleRefusals);
}
