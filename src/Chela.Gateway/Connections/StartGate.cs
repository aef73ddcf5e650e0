using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Gateway.Bus;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>
/// What a client of the OpenClaw dialect is told while the gateway starts or stops: to come again (01-wire § 2.1). Nodes too: until
/// the list of devices was read none of them is known as paired (02-handshake § 5, step 11).
/// </summary>
internal static class StartGate
{
    /// <summary>The close after a refusal that a client should get over by coming again.</summary>
    public const int TryAgainLater = 1013;

    private static readonly JsonElement Starting = Details("startup-sidecars");
    private static readonly JsonElement Stopping = Details("gateway-restarting");

    /// <summary>The refusal and the close that follows it; null while the gateway runs.</summary>
    public static (RpcError Error, WireClose Close)? Refusal(LifecyclePhase phase) => phase switch
    {
        LifecyclePhase.Running => null,
        LifecyclePhase.Starting => (
            new RpcError(RpcErrorKind.Unavailable, "gateway starting; retry shortly") { RetryAfterMs = 500, Details = Starting },
            new WireClose(TryAgainLater, "gateway starting")),
        _ => (
            new RpcError(RpcErrorKind.Unavailable, "gateway stopping; retry shortly") { RetryAfterMs = 1000, Details = Stopping },
            new WireClose(TryAgainLater, "gateway stopping")),
    };

    private static JsonElement Details(string reason) =>
        JsonSerializer.SerializeToElement(new StartDetails(reason), OpenClawJson.Default.StartDetails);
}
