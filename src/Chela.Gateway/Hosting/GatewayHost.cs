using System.Net.Sockets;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Agents;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;
using Chela.Gateway.Storage;
using Chela.Gateway.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting;

/// <summary>A gateway in a process of its own: start, and an orderly end.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    /// <summary>How long runs may take to end when the gateway stops (K9).</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly InstanceLock _lock;

    private GatewayHost(WebApplication app, InstanceLock held, GatewayStarted started)
    {
        _app = app;
        _lock = held;
        Started = started;
    }

    /// <summary>Where it listens and with what.</summary>
    public GatewayStarted Started { get; }

    /// <summary>
    /// Starts a gateway: lock, configuration, listener, recovery of what the last process left. It answers probes as soon as it
    /// listens, and everything else when this returns.
    /// </summary>
    /// <exception cref="StartException">It cannot start.</exception>
    public static async Task<GatewayHost> StartAsync(GatewayOptions options, CancellationToken ct)
    {
        var held = StateDirectory.Lock(options.Paths, options.Time);
        WebApplication? app = null;
        try
        {
            var (setup, tokenFile) = await SetupReader.ReadAsync(options, ct);
            app = Build(setup, options.Logging);
            await ListenAsync(app, setup.Config.Config.Gateway, ct);
            await RecoverAsync(app.Services, ct);
            var url = UrlOf(app);
            held.Describe(url);
            var providers = app.Services.GetRequiredService<ProviderCatalog>();
            IReadOnlyList<string> warnings = providers.Warning is { } warning ? [warning] : [];
            return new GatewayHost(app, held, new GatewayStarted(url, Hello.Version, providers.Default.ToString(), tokenFile, warnings));
        }
        catch
        {
            if (app is not null)
            {
                await app.StopAsync(CancellationToken.None);
                await app.DisposeAsync();
            }

            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Stops: takes nothing new, tells clients, lets runs end, says goodbye, lets go of the state directory.
    /// </summary>
    /// <param name="giveUp">Cancelled when waiting has to end at once.</param>
    public async Task StopAsync(CancellationToken giveUp)
    {
        var services = _app.Services;
        services.GetRequiredService<Lifecycle>().MoveTo(LifecyclePhase.Stopping);
        services.GetRequiredService<EventBus>().Publish(new ShutdownEvent("gateway stopping", restartExpectedMs: null));
        var time = services.GetRequiredService<TimeProvider>();
        using var limit = new CancellationTokenSource(StopLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, giveUp);
        await services.GetRequiredService<Lanes>().StopAsync(either.Token);
        await CloseAsync(services.GetRequiredService<ConnectionTable>(), time);
        await services.GetRequiredService<Inbox>().Compaction;
        await services.GetRequiredService<SessionTable>().Compaction;
        await _app.StopAsync(CancellationToken.None);
    }

    /// <summary>Says goodbye to every client, to each when its last call is answered.</summary>
    private static async Task CloseAsync(ConnectionTable connections, TimeProvider time)
    {
        using var grace = new CancellationTokenSource(Sweeper.CloseGrace, time);
        try
        {
            await Task.WhenAll(connections.All.Select(connection => connection.Calls.WhenZeroAsync(grace.Token)));
        }
        catch (OperationCanceledException)
        {
            // Those that are still under way learn it from the close code.
        }

        foreach (var connection in connections.All)
        {
            connection.Close(CloseCause.Stopping);
        }

        using var answer = new CancellationTokenSource(Sweeper.CloseGrace, time);
        try
        {
            await connections.Places.WhenZeroAsync(answer.Token);
        }
        catch (OperationCanceledException)
        {
            // Who does not answer the goodbye is cut off.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _lock.Dispose();
    }

    private static WebApplication Build(GatewaySetup setup, Action<ILoggingBuilder>? logging)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var gateway = setup.Config.Config.Gateway;
        var address = ListenAddress.Of(gateway.Bind);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = gateway.Limits.MaxPayload;
            kestrel.Listen(address, gateway.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddGateway(setup);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        logging?.Invoke(builder.Logging);
        var app = builder.Build();
        app.UseGateway();
        return app;
    }

    private static async Task ListenAsync(WebApplication app, GatewayConfig gateway, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e) when (e is IOException { InnerException: AddressInUseException } or SocketException)
        {
            throw ListenAddress.Refused(gateway, e);
        }
    }

    /// <summary>Reads what the last process left, marks the runs that it did not finish, and only then takes messages.</summary>
    private static async Task RecoverAsync(IServiceProvider services, CancellationToken ct)
    {
        try
        {
            await services.GetRequiredService<DeviceTable>().LoadAsync(ct);
            await services.GetRequiredService<SessionTable>().LoadAsync(ct);
            var unfinished = await services.GetRequiredService<Inbox>().RecoverAsync(ct);
            await services.GetRequiredService<Interruption>().MarkAsync(unfinished, ct);
        }
        catch (JournalCorruptException damaged)
        {
            throw new StartException(
                StartFailure.DamagedState, $"{damaged.Message} Restore the file from a backup, or move it away to begin anew.", damaged);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new StartException(StartFailure.DamagedState, $"what the last process left cannot be read: {e.Message}", e);
        }

        services.GetRequiredService<MethodRegistry>(); // two methods of one name stop the start
        services.GetRequiredService<EventFanout>();
        services.GetRequiredService<DeviceSockets>();
        services.GetRequiredService<Lifecycle>().MoveTo(LifecyclePhase.Running);
    }

    private static string UrlOf(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        return new UriBuilder(addresses.First()) { Scheme = "ws" }.Uri.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>Signals are the program's own affair: it decides when to stop, and a second one must not be swallowed.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
