using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Bus;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Hosting.Restarting;

/// <summary>Ends the gateway in good order, for good or to start again.</summary>
internal sealed class RestartMethods(Restarts restarts, RestartPreflight preflight, Lanes lanes) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = RestartJson.Default;
        methods.Add(
            MethodMap.Method("gateway.restart.request", OperatorScopes.Admin, json.RestartParams, json.RestartAnswer, RestartAsync) with
            {
                Cost = CallCost.ControlPlaneWrite,
                Summary = "Restart the gateway in its process, once its runs have ended; ports that stay the same stay open.",
            },
            "gateway.restart");
        methods.Add(MethodMap.Method("gateway.restart.preflight", OperatorScopes.Read, json.RestartPreflightParams, json.RestartOutlook, Outlook) with
        {
            Summary = "What a restart would wait for.",
        });
        methods.Add(MethodMap.Method("gateway.stop", OperatorScopes.Admin, json.StopParams, json.StopAnswer, Stop) with
        {
            Cost = CallCost.ControlPlaneWrite,
            Summary = "Stop the gateway: it takes nothing new, and runs get 30 s to end.",
        });
    }

    private async ValueTask<RestartAnswer> RestartAsync(RestartParams parameters, CallContext context, CancellationToken ct)
    {
        if (parameters.Target?.Pid is { } pid && pid != Environment.ProcessId)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"the gateway is process {Environment.ProcessId}, not {pid}");
        }

        if (await preflight.RefusalAsync(ct) is { } refusal)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"the gateway would not start again: {refusal}");
        }

        var (why, waits) = (Why("gateway.restart", parameters.Reason, context), parameters.SkipDeferral != true);
        var plan = restarts.Foresee(TimeSpan.Zero, waits);
        context.AfterAnswer(() => restarts.Ask(why, TimeSpan.Zero, waits));
        return new RestartAnswer(true, plan.IsCoalesced ? "coalesced" : plan.IsDeferred ? "deferred" : "scheduled")
        {
            Preflight = Outlook(),
            Restart = ScheduledRestart.Of(plan),
            Pid = parameters.Target is null ? null : Environment.ProcessId,
        };
    }

    private ValueTask<RestartOutlook> Outlook(RestartPreflightParams parameters, CallContext context, CancellationToken ct) => new(Outlook());

    private ValueTask<StopAnswer> Stop(StopParams parameters, CallContext context, CancellationToken ct)
    {
        var why = Why("gateway.stop", parameters.Reason, context);
        context.AfterAnswer(() => restarts.Stop(why));
        return new(new StopAnswer(true, Environment.ProcessId));
    }

    private RestartOutlook Outlook()
    {
        var active = lanes.Depth;
        var summary = active == 0 ? "nothing is under way" : $"{active} messages run or wait";
        return new RestartOutlook(active == 0, new RestartCounts(active), active == 0 ? [] : [new RestartBlocker(summary)], summary);
    }

    private static string Why(string method, string? reason, CallContext context)
    {
        var who = $"{method} by {context.Caller.UserId ?? context.Caller.DeviceId ?? context.Caller.ClientId}";
        return reason is null ? who : $"{who}: {reason}";
    }
}
