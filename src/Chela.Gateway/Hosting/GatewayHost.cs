using System.Net.Sockets;
using System.Text.Json;
using Chela.Gateway.Access;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Agents.Mcp;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Spawning;
using Chela.Gateway.Agents.Unfinished;
using Chela.Gateway.Bus;
using Chela.Gateway.Channels;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Connections;
using Chela.Gateway.Hosting.Tls;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;
using Chela.Gateway.Storage;
using Chela.Gateway.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting;

/// <summary>A gateway in a process of its own: start, and an orderly end.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    /// <summary>What is taken in from a client before anybody reads it: all that a client costs which sends more than it may.</summary>
    private const int ReadAhead = 64 * 1024;

    /// <summary>How long runs may take to end when the gateway stops (K9).</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly InstanceLock _lock;
    private readonly TlsDoor? _tls;

    private GatewayHost(WebApplication app, InstanceLock held, TlsDoor? tls, GatewayStarted started)
    {
        _app = app;
        _lock = held;
        _tls = tls;
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
            var listeners = new Listeners(setup.Config.Config.Gateway, ListenAddress.Local);
            var tls = await OpenTlsAsync(setup, ct);
            app = Build(setup, listeners, tls, options.Logging);
            await ListenAsync(app, listeners, ct);
            await RecoverAsync(app.Services, ct);
            var bound = AddressesOf(app);
            var urls = listeners.UrlsAt(bound);
            var addresses = app.Services.GetRequiredService<GatewayAddresses>();
            addresses.Attach(ReachableUrls.Of(listeners.Scheme, listeners.DoorsAt(bound), ListenAddress.Local));
            Introduce(tls?.Identity);
            var providers = app.Services.GetRequiredService<ProviderCatalog>();
            string[] warnings = [.. new[] { setup.Crash?.ToString(), providers.Warning, tls?.Warning }.OfType<string>(), .. listeners.Warnings];
            var host = new GatewayHost(app, held, tls, new GatewayStarted(urls[0].Url, Hello.Version, providers.Default.ToString(), tokenFile, warnings)
            {
                Listeners = urls[1..],
                AuthMode = setup.Config.Config.Gateway.Auth.ModeInForce(),
                TlsFingerprint = tls?.Identity.Fingerprint,
            });
            tls?.Watch(app.Services.GetRequiredService<ILogger<TlsDoor>>(), Introduce);
            return host;

            void Introduce(ServerIdentity? identity)
            {
                held.Describe(urls[0].Url, identity?.Fingerprint);
                addresses.TlsFingerprint = identity?.Fingerprint;
            }
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
        await OrderlyStop.RunAsync(_app.Services, giveUp);
        await _app.StopAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (_tls is not null)
        {
            await _tls.DisposeAsync();
        }

        _lock.Dispose();
    }

    private static WebApplication Build(GatewaySetup setup, Listeners listeners, TlsDoor? tls, Action<ILoggingBuilder>? logging)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var gateway = setup.Config.Config.Gateway;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(gateway.Limits.HandshakeTimeoutMs);
            kestrel.Limits.MaxRequestBodySize = gateway.Limits.MaxPayload;
            kestrel.Limits.MaxRequestBufferSize = ReadAhead;
            listeners.Apply(kestrel, tls);
        });
        builder.Services.Configure<SocketTransportOptions>(listeners.Apply);
        builder.Services.AddRoutingCore();
        builder.Services.AddGateway(setup);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        logging?.Invoke(builder.Logging);
        var app = builder.Build();
        app.UseGateway();
        return app;
    }

    private static async Task<TlsDoor?> OpenTlsAsync(GatewaySetup setup, CancellationToken ct)
    {
        try
        {
            return await TlsDoor.OpenAsync(setup.Config.Config.Gateway, setup.Paths, setup.Time, ct);
        }
        catch (CertificateException wrong)
        {
            throw new StartException(StartFailure.Configuration, $"{wrong.Message} (gateway.tls)", wrong);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(StartFailure.NotWritable, $"the certificate {setup.Paths.CertificateFile} cannot be made: {e.Message}", e);
        }
    }

    private static async Task ListenAsync(WebApplication app, Listeners listeners, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e) when (e is IOException { InnerException: AddressInUseException } or SocketException)
        {
            throw listeners.Refused(e);
        }
    }

    /// <summary>Reads what the last process left, tells or begins again the runs that it did not finish, and only then takes messages.</summary>
    private static async Task RecoverAsync(IServiceProvider services, CancellationToken ct)
    {
        IReadOnlyList<Turn> begunAgain;
        try
        {
            await services.GetRequiredService<TokenRotation>().LoadAsync(ct);
            await services.GetRequiredService<DeviceTable>().LoadAsync(ct);
            await LoadSessionsAsync(services, ct);
            await services.GetRequiredService<UsageLedger>().LoadAsync(ct);
            await services.GetRequiredService<Outbox>().RecoverAsync(ct);
            var unfinished = await services.GetRequiredService<Inbox>().RecoverAsync(ct);
            begunAgain = await services.GetRequiredService<UnfinishedRuns>().SettleAsync(unfinished, ct);
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
        services.GetRequiredService<IEnumerable<IHostedService>>().OfType<HealthWatch>().Single().Look();
        services.GetRequiredService<Delivery>().Start();
        var lanes = services.GetRequiredService<Lanes>();
        foreach (var turn in begunAgain)
        {
            lanes.Enqueue(turn);
        }

        services.GetRequiredService<Lifecycle>().MoveTo(LifecyclePhase.Running);
        services.GetRequiredService<Announcements>().Begin();
        services.GetRequiredService<McpServers>().Follow();
        services.GetRequiredService<StaleRows>().Start();
        await services.GetRequiredService<ConfigWatch>().StartAsync(ct);
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

    /// <summary>The address of each socket that the server listens on, in the order of the settings.</summary>
    private static IReadOnlyList<Uri> AddressesOf(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(address => new Uri(address))];

    /// <summary>Signals are the program's own affair: it decides when to stop, and a second one must not be swallowed.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
