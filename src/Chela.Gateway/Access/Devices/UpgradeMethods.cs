using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Access.Devices;

/// <summary>Parameters of <c>device.scopes.requestUpgrade</c>.</summary>
internal sealed record UpgradeRequestParams([property: MinLength(1), MaxLength(8), AllowedValues(
    "operator.admin", "operator.read", "operator.write", "operator.sessions.read", "operator.sessions.write", "operator.approvals",
    "operator.questions", "operator.pairing", "operator.talk", "operator.talk.secrets")] IReadOnlyList<string> Scopes);

/// <summary>The request that somebody has to decide on.</summary>
internal sealed record UpgradeRegistration(string RequestId);

/// <summary>Parameters of <c>device.scopes.waitUpgrade</c>.</summary>
internal sealed record UpgradeWaitParams([property: MinLength(1)] string RequestId);

/// <summary>What became of it.</summary>
/// <param name="Status"><c>approved</c>, <c>rejected</c> or <c>expired</c>.</param>
internal sealed record UpgradeOutcome(string Status, string RequestId)
{
    public string? DeviceToken { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }
}

/// <summary>A connected device asks for more scopes. Nobody needs a scope to ask, and nobody is given one silently.</summary>
internal sealed class UpgradeMethods(DeviceTable devices, PairingRequests requests, ScopeUpgrades upgrades, EventBus events, TimeProvider time)
    : IMethodModule
{
    private const string Role = "operator";

    public void Map(MethodMap methods)
    {
        var json = UpgradesJson.Default;
        methods.Add(MethodMap.Method(
            "device.scopes.requestUpgrade", OperatorScopes.None, json.UpgradeRequestParams, json.UpgradeRegistration, Request) with
        {
            Summary = "Ask for more scopes for this device; an operator decides.",
        });
        methods.Add(MethodMap.Method(
            "device.scopes.waitUpgrade", OperatorScopes.None, json.UpgradeWaitParams, json.UpgradeOutcome, WaitAsync) with
        {
            Summary = "Wait for that decision. The new scopes hold from the device's next connect.",
        });
    }

    private ValueTask<UpgradeRegistration> Request(UpgradeRequestParams parameters, CallContext context, CancellationToken ct)
    {
        var (device, token) = Own(context.Caller);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var asked = new PairingRequest(
            Guid.NewGuid().ToString(), device.DeviceId, device.PublicKey, Role, [.. token.Scopes.Union(parameters.Scopes)], nowMs)
        {
            DisplayName = device.DisplayName,
            Platform = device.Platform,
            DeviceFamily = device.DeviceFamily,
            ClientId = device.ClientId,
            ClientMode = device.ClientMode,
            RemoteIp = device.RemoteIp,
            IsRepair = true,
        };
        if (DeviceScopes.Cover(token.Scopes, parameters.Scopes))
        {
            upgrades.Add(asked, isGranted: true);
            return new(new UpgradeRegistration(asked.RequestId));
        }

        var added = requests.Add(asked);
        upgrades.Add(added.Request, isGranted: false);
        PairingNews.Tell(events, added, nowMs);
        return new(new UpgradeRegistration(added.Request.RequestId));
    }

    private async ValueTask<UpgradeOutcome> WaitAsync(UpgradeWaitParams parameters, CallContext context, CancellationToken ct)
    {
        var (device, _) = Own(context.Caller);
        var decision = await upgrades.WaitAsync(parameters.RequestId, device.DeviceId, ct);
        if (decision is not true)
        {
            return new UpgradeOutcome(decision is false ? "rejected" : "expired", parameters.RequestId);
        }

        var (_, token) = Own(context.Caller); // it may have lost everything while it waited
        return new UpgradeOutcome("approved", parameters.RequestId) { DeviceToken = token.Value, Scopes = token.Scopes };
    }

    private (PairedDevice Device, DeviceToken Token) Own(Caller caller)
    {
        if (caller.ValidUntil is not null)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, "the scopes of this client come with the roles of its user; ask whoever gives these");
        }

        return caller.DeviceId is { } id && devices.Find(id) is { } device && device.TokenFor(Role) is { } token
            ? (device, token)
            : throw new RpcException(RpcErrorKind.InvalidRequest, "only a paired device can ask for more scopes; connect with a device identity first");
    }
}

/// <summary>JSON types of the scope upgrades.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UpgradeRequestParams))]
[JsonSerializable(typeof(UpgradeRegistration))]
[JsonSerializable(typeof(UpgradeWaitParams))]
[JsonSerializable(typeof(UpgradeOutcome))]
internal sealed partial class UpgradesJson : JsonSerializerContext;
