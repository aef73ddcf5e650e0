using System.Text.Json;
using Chela.Gateway.Access;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Access.Senders;
using Chela.Gateway.Agents.Mcp;
using Chela.Gateway.Agents.Spawning;
using Chela.Gateway.Agents.Unfinished;
using Chela.Gateway.Bus;
using Chela.Gateway.Channels;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Connections;
using Chela.Gateway.Hosting.HealthChecks;
using Chela.Gateway.Hosting.Restarting;
using Chela.Gateway.Hosting.Starting;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;
using Chela.Gateway.Storage;
using Chela.Gateway.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The order in which a gateway begins that listens already: it reads what was left, takes up its work, and only then serves.</summary>
internal static class OrderlyStart
{
    /// <summary>Reads what the last process left, tells or begins again the runs that it did not finish, and only then takes messages.</summary>
    public static async Task RunAsync(IServiceProvider services, CancellationToken ct)
    {
        var lifecycle = services.GetRequiredService<Lifecycle>();
        IReadOnlyList<Turn> begunAgain;
        try
        {
            await services.GetRequiredService<TokenRotation>().LoadAsync(ct);
            await services.GetRequiredService<DeviceTable>().LoadAsync(ct);
            await services.GetRequiredService<SenderBook>().LoadAsync(ct);
            await LoadSessionsAsync(services, ct);
            await services.GetRequiredService<UsageLedger>().LoadAsync(ct);
            await services.GetRequiredService<Outbox>().RecoverAsync(ct);
            var unfinished = await services.GetRequiredService<Inbox>().RecoverAsync(ct);
            await services.GetRequiredService<SafeMode>().DecideAsync(ct);
            begunAgain = await services.GetRequiredService<UnfinishedRuns>().SettleAsync(unfinished, mayBeginAgain: lifecycle.SafeMode is null, ct);
        }
        catch (JournalCorruptException damaged)
        {
            throw new StartException(
                StartFailure.DamagedState, $"{damaged.Message} Restore the file from a backup, or move it away to begin anew.", damaged);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or JsonException)
        {
            throw new StartException(StartFailure.DamagedState, $"what the last process left cannot be read: {e.Message}", e);
        }

        services.GetRequiredService<MethodRegistry>(); // two methods of one name stop the start
        services.GetRequiredService<EventFanout>();
        services.GetRequiredService<DeviceSockets>();
        services.GetRequiredService<CredentialSockets>();
        services.GetRequiredService<ConfigFollowers>();
        services.GetRequiredService<Gauges>().Add();
        services.GetRequiredService<HealthWatch>().Look();
        if (lifecycle.SafeMode is null)
        {
            services.GetRequiredService<Delivery>().Start();
        }

        var lanes = services.GetRequiredService<Lanes>();
        foreach (var turn in begunAgain)
        {
            lanes.Enqueue(turn);
        }

        lifecycle.MoveTo(LifecyclePhase.Running);
        services.GetRequiredService<SafeMode>().Serves();
        services.GetRequiredService<Announcements>().Begin();
        services.GetRequiredService<StaleRows>().Start();
        if (lifecycle.SafeMode is null)
        {
            services.GetRequiredService<McpServers>().Start();
            services.GetRequiredService<Accounts>().Start();
            services.GetRequiredService<TypingSigns>().Start();
            services.GetRequiredService<AnswersInSight>().Start();
        }

        await services.GetRequiredService<ConfigWatch>().StartAsync(ct);
        services.GetRequiredService<RestartNotes>().Tell();
    }

    private static async Task LoadSessionsAsync(IServiceProvider services, CancellationToken ct)
    {
        var sessions = services.GetRequiredService<SessionTable>();
        await sessions.LoadAsync(ct);
        if (sessions.IsGone || (sessions.IsBlank && services.GetRequiredService<Transcripts>().Any))
        {
            throw new InvalidDataException(
                "there were sessions, but the list of sessions is gone; restore sessions/index.*.jsonl, or move the folder sessions away to begin anew");
        }
    }
}
