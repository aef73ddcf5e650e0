using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Hosting;

/// <summary>Parameters of <c>last-heartbeat</c>: none.</summary>
internal sealed record LastHeartbeatParams;

/// <summary>The last time that an agent was woken without being asked. None ever is, and the answer is null.</summary>
internal sealed class HeartbeatMethods : IMethodModule
{
    private static readonly JsonElement Never = JsonElement.Parse("null");

    public void Map(MethodMap methods) => methods.Add(
        MethodMap.Method<LastHeartbeatParams, JsonElement>(
            "last-heartbeat", OperatorScopes.Read, HostingJson.Default.LastHeartbeatParams, RpcJson.Default.JsonElement, (_, _, _) => new(Never)) with
        {
            Summary = "The last heartbeat of an agent; null when there was none.",
        });
}
