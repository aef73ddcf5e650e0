using Chela.Contracts.Access;
using Chela.Gateway.Access.Nodes;
using Chela.Gateway.Bus;
using Chela.Gateway.Hosting.HealthChecks;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Hosting;

/// <summary>How the gateway is: <c>health</c>, for everyone.</summary>
internal sealed class HealthMethods(HealthReport report, HealthBoard board, HealthWatch watch, NodeRows nodes, Outbox outbox, TimeProvider time) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = HostingJson.Default;
        methods.Add(MethodMap.Method("health", OperatorScopes.None, json.HealthParams, json.Health, GetHealthAsync) with
        {
            Summary = "How the gateway is. Needs no login; tells more after one.",
            IsPublic = true,
        });
    }

    /// <summary>Always made anew: there is nothing in it that would be worth keeping but what others say of themselves.</summary>
    private async ValueTask<Health> GetHealthAsync(HealthParams parameters, CallContext context, CancellationToken ct) =>
        !context.Caller.IsAuthenticated ? report.ForAnyone() with { State = HealthWords.Of(board.Level) }
        : !context.Caller.Holds(OperatorScopes.Read) ? report.ForClients() with { State = HealthWords.Of(board.Level) }
        : await ForReadersAsync(parameters.Probe == true, ct);

    private async Task<Health> ForReadersAsync(bool probe, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        if (probe)
        {
            await watch.ProbeAsync(ct);
        }

        return board.Describe(report.ForReaders()) with
        {
            DurationMs = (int)time.GetElapsedTime(began).TotalMilliseconds,
            Nodes = NodesNow(),
            DeliveryQueues = QueuesNow(),
        };
    }

    private NodesHealth NodesNow()
    {
        var all = nodes.All.ToList();
        return new NodesHealth(all.Count, all.Count(node => node.Connected));
    }

    private QueuesHealth? QueuesNow()
    {
        OutboxItem[] dead = [.. outbox.All.Where(item => item.IsDead)];
        return dead.Length == 0 ? null : new QueuesHealth([new FailedQueue("outbox", dead.Length) { OldestFailedAt = dead.Min(item => item.FailedAtMs) }]);
    }
}
