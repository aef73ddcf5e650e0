using Chela.Gateway.Agents.Mcp;
using Chela.Gateway.Agents.Unfinished;
using Chela.Gateway.Bus;
using Chela.Gateway.Channels;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Connections;
using Chela.Gateway.Hosting.Starting;
using Chela.Gateway.Sessions;
using Chela.Gateway.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The order in which a gateway stops: it takes nothing new, tells clients, lets runs end, says goodbye and writes down what is left.</summary>
internal static class OrderlyStop
{
    /// <summary>How long a client may take to answer the goodbye of a gateway that stops, once it was sent (10-security-health-ops § 5).</summary>
    private static readonly TimeSpan AnswerGrace = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a platform may take for what is being sent to it. What it has not answered then the next start sends again.</summary>
    private static readonly TimeSpan SendGrace = TimeSpan.FromSeconds(5);

    /// <summary>Stops all but the server, which has nobody to serve when this returns.</summary>
    /// <param name="services">The gateway's parts.</param>
    /// <param name="notice">What clients are told.</param>
    /// <param name="giveUp">Cancelled when waiting has to end at once.</param>
    public static async Task RunAsync(IServiceProvider services, ShutdownEvent notice, CancellationToken giveUp)
    {
        services.GetRequiredService<StartRecord>().Forget();
        await services.GetRequiredService<ConfigWatch>().StopAsync(giveUp);
        services.GetRequiredService<Lifecycle>().MoveTo(LifecyclePhase.Stopping);
        services.GetRequiredService<EventBus>().Publish(notice);
        var time = services.GetRequiredService<TimeProvider>();
        using var limit = new CancellationTokenSource(GatewayHost.StopLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, giveUp);
        await services.GetRequiredService<Lanes>().StopAsync(either.Token);
        await services.GetRequiredService<OwedReplies>().StopAsync();
        await services.GetRequiredService<McpServers>().DisposeAsync();
        await services.GetRequiredService<StaleRows>().DisposeAsync();
        await services.GetRequiredService<TypingSigns>().DisposeAsync();
        await services.GetRequiredService<AnswersInSight>().DisposeAsync();
        await services.GetRequiredService<Accounts>().DisposeAsync();
        limit.CancelAfter(SendGrace);
        await services.GetRequiredService<Delivery>().StopAsync(either.Token);
        await CloseAsync(services.GetRequiredService<ConnectionTable>(), time);
        await services.GetRequiredService<Inbox>().Compaction;
        await services.GetRequiredService<Outbox>().Compaction;
        await services.GetRequiredService<SessionTable>().Compaction;
    }

    /// <summary>Says goodbye to every client, to each when its last call is answered. Who does not answer is cut off.</summary>
    private static async Task CloseAsync(ConnectionTable connections, TimeProvider time)
    {
        // Those whose calls are still under way then learn it from the close code.
        await WithinAsync(Sweeper.CloseGrace, ct => Task.WhenAll(connections.All.Select(connection => connection.Calls.WhenZeroAsync(ct))), time);
        foreach (var connection in connections.All)
        {
            connection.Close(CloseCause.Stopping);
        }

        await WithinAsync(
            Sweeper.CloseGrace, ct => Task.WhenAll(connections.All.Select(connection => connection.Outbound.WhenBelowAsync(0))).WaitAsync(ct), time);
        await WithinAsync(AnswerGrace, connections.Places.WhenZeroAsync, time);
        foreach (var connection in connections.All)
        {
            connection.Abort();
        }
    }

    /// <summary>Waits for what may take so long and no longer.</summary>
    private static async Task WithinAsync(TimeSpan limit, Func<CancellationToken, Task> wait, TimeProvider time)
    {
        using var over = new CancellationTokenSource(limit, time);
        try
        {
            await wait(over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // That is what the limit is for.
        }
    }
}
