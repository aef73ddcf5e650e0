using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Access.Nodes;

/// <summary>Which nodes there are, and what they may offer (03-methods, node).</summary>
internal sealed class NodeMethods(DeviceTable devices, NodeRegistry registry, NodeRows rows, DevicePresence presence, EventBus events, TimeProvider time)
    : IMethodModule
{
    private const string Role = "node";

    public void Map(MethodMap methods)
    {
        var json = NodesJson.Default;
        methods.Add(MethodMap.Method("node.list", OperatorScopes.Read, json.NodeListParams, json.NodeListResult, List) with
        {
            Summary = "The nodes that were admitted, and which are connected.",
        });
        methods.Add(MethodMap.Method("node.describe", OperatorScopes.Read, json.NodeParams, json.NodeRow, Describe) with
        {
            Summary = "What is known of one node.",
        });
        methods.Add(MethodMap.Method("node.rename", OperatorScopes.Pairing, json.NodeRenameParams, json.NodeRenameResult, RenameAsync) with
        {
            Summary = "Give a node a name.",
        });
        methods.Add(MethodMap.Method("node.pair.list", OperatorScopes.Pairing, json.NodeListParams, json.NodePairListResult, Pairings) with
        {
            IsAudited = false,
            Summary = "What nodes offer and nobody has approved, and the nodes of which something was approved.",
        });
        methods.Add(MethodMap.Method("node.pair.approve", OperatorScopes.Pairing, json.NodeRequestParams, json.NodeApproveResult, ApproveAsync) with
        {
            Summary = "Approve what a node offers. Commands need operator.write as well, those that run programs operator.admin.",
        });
        methods.Add(MethodMap.Method("node.pair.reject", OperatorScopes.Pairing, json.NodeRequestParams, json.NodeRejectResult, Reject) with
        {
            Summary = "Refuse what a node offers; it stays connected with what it had.",
        });
        methods.Add(MethodMap.Method("node.pair.remove", OperatorScopes.Pairing, json.NodeParams, json.NodeResult, RemoveAsync) with
        {
            Summary = "Forget a node; its sockets are closed.",
        });
    }

    private ValueTask<NodeListResult> List(NodeListParams parameters, CallContext context, CancellationToken ct) =>
        new(new NodeListResult(NowMs(), [.. rows.All]));

    private ValueTask<NodeRow> Describe(NodeParams parameters, CallContext context, CancellationToken ct) =>
        new((rows.Find(parameters.NodeId) ?? throw NoNode()) with { Ts = NowMs() });

    private async ValueTask<NodeRenameResult> RenameAsync(NodeRenameParams parameters, CallContext context, CancellationToken ct)
    {
        await ChangeAsync(context.Caller, parameters.NodeId, device => device with { Label = parameters.DisplayName }, ct);
        return new NodeRenameResult(parameters.NodeId, parameters.DisplayName);
    }

    private ValueTask<NodePairListResult> Pairings(NodeListParams parameters, CallContext context, CancellationToken ct)
    {
        var approved = devices.All.Where(device => device.Surface is not null && DeviceOwner.MayTouch(context.Caller, device.DeviceId));
        return new(new NodePairListResult(
            [.. registry.Waiting.Where(request => DeviceOwner.MayTouch(context.Caller, request.NodeId))],
            [.. approved.OrderBy(device => device.CreatedAtMs).Select(rows.Of)]));
    }

    private async ValueTask<NodeApproveResult> ApproveAsync(NodeRequestParams parameters, CallContext context, CancellationToken ct)
    {
        var request = Waiting(parameters.RequestId);
        foreach (var scope in NodeCommands.ScopesToApprove(request.Commands).Where(scope => !context.Caller.Holds(scope)))
        {
            throw new RpcException(ScopeCheck.Missing(scope));
        }

        if (registry.Take(request.RequestId) is null)
        {
            throw NoRequest(); // somebody else was faster
        }

        PairedDevice? approved = null;
        await devices.UpdateAsync(
            book =>
            {
                if (book.Devices.GetValueOrDefault(request.NodeId) is not { } device)
                {
                    return book;
                }

                approved = device with { Surface = request.Surface, SurfaceApprovedAtMs = NowMs() };
                return book.With(approved);
            },
            ct);
        events.Publish(new NodeResolvedEvent(request.RequestId, request.NodeId, approved is null ? "rejected" : "approved", NowMs()));
        return new NodeApproveResult(request.RequestId, rows.Of(approved ?? throw NoNode()));
    }

    private ValueTask<NodeRejectResult> Reject(NodeRequestParams parameters, CallContext context, CancellationToken ct)
    {
        var request = Waiting(parameters.RequestId);
        DeviceOwner.Require(context.Caller, request.NodeId);
        if (registry.Take(request.RequestId) is null)
        {
            throw NoRequest();
        }

        events.Publish(new NodeResolvedEvent(request.RequestId, request.NodeId, "rejected", NowMs()));
        return new(new NodeRejectResult(request.RequestId, request.NodeId));
    }

    /// <summary>A device that is an operator as well stays one.</summary>
    private async ValueTask<NodeResult> RemoveAsync(NodeParams parameters, CallContext context, CancellationToken ct)
    {
        await ChangeAsync(
            context.Caller,
            parameters.NodeId,
            device => device.Roles.All(role => role == Role) ? null : device with
            {
                Roles = [.. device.Roles.Where(role => role != Role)],
                Tokens = [.. device.Tokens.Where(token => token.Role != Role)],
                Surface = null,
                SurfaceApprovedAtMs = null,
            },
            ct);
        if (registry.Waiting.FirstOrDefault(request => request.NodeId == parameters.NodeId) is { } waiting)
        {
            registry.Take(waiting.RequestId);
        }

        events.Publish(new NodeResolvedEvent("", parameters.NodeId, "removed", NowMs()));
        presence.End(parameters.NodeId, Role, "node removed", context);
        return new NodeResult(parameters.NodeId);
    }

    /// <summary>Changes a node's device. Without admin a caller may change only its own.</summary>
    private async Task ChangeAsync(Caller caller, string nodeId, Func<PairedDevice, PairedDevice?> change, CancellationToken ct)
    {
        DeviceOwner.Require(caller, nodeId);
        if (rows.Find(nodeId) is null)
        {
            throw NoNode();
        }

        await devices.ChangeAsync(nodeId, device => device is null ? null : change(device), ct);
        events.Publish(new DevicesChangedEvent());
    }

    private NodeRequest Waiting(string requestId) =>
        registry.Waiting.FirstOrDefault(request => request.RequestId == requestId) ?? throw NoRequest();

    private static RpcException NoNode() => new(RpcErrorKind.NotFound, "unknown nodeId");

    private static RpcException NoRequest() => new(RpcErrorKind.NotFound, "unknown requestId: it was decided, replaced or has expired");

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
