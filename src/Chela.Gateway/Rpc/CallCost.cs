namespace Chela.Gateway.Rpc;

/// <summary>What a call of a method costs, and so by which limit calls are counted.</summary>
internal enum CallCost
{
    /// <summary>Nothing that is worth counting: reads, health, pings.</summary>
    Free,

    /// <summary>A run of an agent.</summary>
    Chat,

    /// <summary>A change of what the gateway is: configuration, jobs, plugins.</summary>
    ControlPlaneWrite,
}
