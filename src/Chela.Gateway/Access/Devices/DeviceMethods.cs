using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Access.Devices;

/// <summary>Admitting devices, and ending what they were given (03-methods, device).</summary>
internal sealed class DeviceMethods(DeviceTable devices, PairingRequests requests, Pairing pairing, DevicePresence presence, EventBus events, TimeProvider time)
    : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = DevicesJson.Default;
        methods.Add(MethodMap.Method("device.pair.list", OperatorScopes.Pairing, json.PairListParams, json.PairListResult, ListAsync) with
        {
            IsAudited = false,
            Summary = "The devices that wait for approval, and those that have it.",
        });
        methods.Add(MethodMap.Method("device.pair.approve", OperatorScopes.Pairing, json.PairRequestParams, json.PairApproveResult, ApproveAsync) with
        {
            Summary = "Admit a device as it asked. Nobody can grant what he does not hold.",
        });
        methods.Add(MethodMap.Method("device.pair.reject", OperatorScopes.Pairing, json.PairRequestParams, json.PairRejectResult, RejectAsync) with
        {
            Summary = "Refuse a device's request.",
        });
        methods.Add(MethodMap.Method("device.pair.remove", OperatorScopes.Pairing, json.DeviceParams, json.DeviceResult, RemoveAsync) with
        {
            Summary = "Forget a device; its sockets are closed.",
        });
        methods.Add(MethodMap.Method("device.pair.rename", OperatorScopes.Pairing, json.DeviceRenameParams, json.DeviceRenameResult, RenameAsync) with
        {
            Summary = "Give a device a label.",
        });
        methods.Add(MethodMap.Method("device.token.rotate", OperatorScopes.Pairing, json.TokenRotateParams, json.TokenRotateResult, RotateAsync) with
        {
            Summary = "Replace a device's token; the old one and the sockets that use it end at once.",
        });
        methods.Add(MethodMap.Method("device.token.revoke", OperatorScopes.Pairing, json.TokenParams, json.TokenRevokeResult, RevokeAsync) with
        {
            Summary = "End a device's token; the sockets that use it are closed at once.",
        });
    }

    private ValueTask<PairListResult> ListAsync(PairListParams parameters, CallContext context, CancellationToken ct)
    {
        var mine = devices.All.Where(device => DeviceOwner.MayTouch(context.Caller, device.DeviceId));
        return new(new PairListResult(
            [.. requests.All.Where(request => DeviceOwner.MayTouch(context.Caller, request.DeviceId))],
            [.. mine.OrderBy(device => device.CreatedAtMs).Select(device => DeviceRow.Of(device, presence.IsConnected(device.DeviceId)))]));
    }

    private async ValueTask<PairApproveResult> ApproveAsync(PairRequestParams parameters, CallContext context, CancellationToken ct)
    {
        var request = requests.Find(parameters.RequestId) ?? throw NoRequest();
        RequireHeld(context.Caller, request.Scopes);
        if (requests.Take(request.RequestId) is null)
        {
            throw NoRequest(); // somebody else was faster
        }

        var device = await pairing.ApproveAsync(request, "operator", ct);
        events.Publish(new PairingResolvedEvent(request, isApproved: true, NowMs()));
        return new PairApproveResult(request.RequestId, DeviceRow.Of(device, presence.IsConnected(device.DeviceId)));
    }

    private ValueTask<PairRejectResult> RejectAsync(PairRequestParams parameters, CallContext context, CancellationToken ct)
    {
        var request = requests.Find(parameters.RequestId) ?? throw NoRequest();
        DeviceOwner.Require(context.Caller, request.DeviceId);
        if (requests.Take(request.RequestId) is null)
        {
            throw NoRequest();
        }

        events.Publish(new PairingResolvedEvent(request, isApproved: false, NowMs()));
        return new(new PairRejectResult(request.RequestId, request.DeviceId));
    }

    private async ValueTask<DeviceResult> RemoveAsync(DeviceParams parameters, CallContext context, CancellationToken ct)
    {
        DeviceOwner.Require(context.Caller, parameters.DeviceId);
        Require(parameters.DeviceId);
        await devices.ChangeAsync(parameters.DeviceId, _ => null, ct);
        foreach (var request in requests.TakeOf(parameters.DeviceId))
        {
            events.Publish(new PairingResolvedEvent(request, isApproved: false, NowMs()));
        }

        presence.End(parameters.DeviceId, role: null, "device removed", context);
        events.Publish(new DevicesChangedEvent());
        return new DeviceResult(parameters.DeviceId);
    }

    private async ValueTask<DeviceRenameResult> RenameAsync(DeviceRenameParams parameters, CallContext context, CancellationToken ct)
    {
        DeviceOwner.Require(context.Caller, parameters.DeviceId);
        Require(parameters.DeviceId);
        await devices.ChangeAsync(parameters.DeviceId, device => device! with { Label = parameters.Label }, ct);
        events.Publish(new DevicesChangedEvent());
        return new DeviceRenameResult(parameters.DeviceId, parameters.Label);
    }

    private async ValueTask<TokenRotateResult> RotateAsync(TokenRotateParams parameters, CallContext context, CancellationToken ct)
    {
        DeviceOwner.Require(context.Caller, parameters.DeviceId);
        var present = Require(parameters.DeviceId).TokenFor(parameters.Role) ?? throw NoToken();
        RequireHeld(context.Caller, parameters.Scopes ?? present.Scopes);
        if (parameters.Scopes?.Except(present.Scopes).FirstOrDefault() is { } wider)
        {
            throw new RpcException(RpcErrorKind.Forbidden, $"a rotation cannot widen a token: {wider} was not approved");
        }

        var device = await pairing.RotateAsync(parameters.DeviceId, parameters.Role, parameters.Scopes, ct) ?? throw NoToken();
        var token = device.TokenFor(parameters.Role) ?? throw NoToken(); // it may have been revoked meanwhile
        var isOwn = context.Caller.DeviceId == parameters.DeviceId;
        presence.End(parameters.DeviceId, parameters.Role, "device token rotated", context);
        events.Publish(new DevicesChangedEvent());
        return new TokenRotateResult(
            parameters.DeviceId, parameters.Role, token.Scopes, token.RotatedAtMs!.Value, isOwn ? "in-band" : "withheld-cross-device")
        {
            Token = isOwn ? token.Value : null,
        };
    }

    private async ValueTask<TokenRevokeResult> RevokeAsync(TokenParams parameters, CallContext context, CancellationToken ct)
    {
        DeviceOwner.Require(context.Caller, parameters.DeviceId);
        var device = await pairing.RevokeAsync(parameters.DeviceId, parameters.Role, ct) ?? throw NoToken();
        var token = device.Tokens.First(token => token.Role == parameters.Role);
        presence.End(parameters.DeviceId, parameters.Role, "device token revoked", context);
        events.Publish(new DevicesChangedEvent());
        return new TokenRevokeResult(parameters.DeviceId, parameters.Role, token.RevokedAtMs!.Value);
    }

    private PairedDevice Require(string deviceId) =>
        devices.Find(deviceId) ?? throw new RpcException(RpcErrorKind.NotFound, $"no device {deviceId} is paired");

    private static void RequireHeld(Caller caller, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (ScopeNames.TryParse(name, out var scope) && !caller.Holds(scope))
            {
                throw new RpcException(ScopeCheck.Missing(scope));
            }
        }
    }

    private static RpcException NoRequest() => new(RpcErrorKind.NotFound, "unknown requestId: it was decided, replaced or has expired");

    private static RpcException NoToken() => new(RpcErrorKind.NotFound, "the device has no token for this role");

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
