using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Connections;
using Chela.Gateway.Hosting.HealthChecks;
using Chela.Gateway.Hosting.Restarting;
using Chela.Gateway.Hosting.Tls;
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
    /// <summary>What is taken in from a client before anybody reads it: all that a client costs which sends more than it may.</summary>
    private const int ReadAhead = 64 * 1024;

    /// <summary>How long runs may take to end when the gateway stops (K9).</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly GatewayOptions _options;
    private readonly Holdings _holdings;
    private readonly ConfigSources _sources;
    private readonly WebApplication _app;
    private readonly TlsDoor? _tls;
    private readonly Restarts _restarts;
    private bool _isOver;

    private GatewayHost(GatewayOptions options, Holdings holdings, ConfigSources sources, WebApplication app, TlsDoor? tls, GatewayStarted started)
    {
        _options = options;
        _holdings = holdings;
        _sources = sources;
        _app = app;
        _tls = tls;
        _restarts = app.Services.GetRequiredService<Restarts>();
        Started = started;
    }

    /// <summary>Where it listens and with what.</summary>
    public GatewayStarted Started { get; }

    /// <summary>Ends when somebody has asked the gateway to stop or to restart, and it is time to: by a method, or by a change of its configuration.</summary>
    public Task<GatewayEnd> Asked => _restarts.Asked;

    /// <summary>
    /// Starts a gateway: lock, configuration, listener, recovery of what the last process left. It answers probes as soon as it
    /// listens, and everything else when this returns.
    /// </summary>
    /// <exception cref="StartException">It cannot start.</exception>
    public static async Task<GatewayHost> StartAsync(GatewayOptions options, CancellationToken ct)
    {
        var holdings = new Holdings(StateDirectory.Lock(options.Paths, options.Time));
        try
        {
            return await StartAsync(options, holdings, instead: null, ct);
        }
        catch
        {
            await holdings.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks for a restart; <see cref="Asked"/> ends when it is time for it.</summary>
    /// <param name="why">Who asks, for the log.</param>
    public void AskToRestart(string why) => _restarts.Ask(why, TimeSpan.Zero);

    /// <summary>
    /// Stops, and starts again with what the configuration says now, or where that cannot be, with the one that was in force. The state
    /// directory stays locked, and ports that are still wanted stay open. This host is of no use afterwards.
    /// </summary>
    /// <exception cref="StartException">It cannot start with either.</exception>
    public async Task<GatewayHost> RestartAsync(CancellationToken ct)
    {
        var config = _app.Services.GetRequiredService<ConfigStore>();
        _isOver = true;
        _holdings.History.BeganAt = _options.Time.GetTimestamp();
        await EndAsync(ShutdownEvent.Restarting, CancellationToken.None);
        var inForce = new StartConfig(_sources, config.Current); // the files are read again, and what of them cannot be in force waits
        await DisposeAppAsync();
        try
        {
            return await StartAgainAsync(inForce, ct);
        }
        catch
        {
            await _holdings.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops: takes nothing new, tells clients, lets runs end, says goodbye, lets go of the state directory.
    /// </summary>
    /// <param name="giveUp">Cancelled when waiting has to end at once.</param>
    public Task StopAsync(CancellationToken giveUp) => EndAsync(ShutdownEvent.Stopping, giveUp);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_isOver)
        {
            await DisposeAppAsync();
            await _holdings.DisposeAsync();
        }
    }

    private static async Task<GatewayHost> StartAsync(GatewayOptions options, Holdings holdings, StartConfig? instead, CancellationToken ct)
    {
        WebApplication? app = null;
        try
        {
            var (setup, tokenFile) = await SetupReader.ReadAsync(options, instead, ct);
            setup = setup with { Restarts = holdings.History };
            var listeners = new Listeners(setup.Config.Config.Gateway, ListenAddress.Local);
            var tls = await OpenTlsAsync(setup, ct);
            app = Build(setup, listeners, holdings.Sockets, tls, options.Logging);
            await ListenAsync(app, listeners, holdings.Sockets, ct);
            await OrderlyStart.RunAsync(app.Services, ct);
            var bound = AddressesOf(app);
            var urls = listeners.UrlsAt(bound);
            var addresses = app.Services.GetRequiredService<GatewayAddresses>();
            addresses.Attach(ReachableUrls.Of(listeners.Scheme, listeners.DoorsAt(bound), ListenAddress.Local));
            Introduce(tls?.Identity);
            var providers = app.Services.GetRequiredService<ProviderCatalog>();
            string[] warnings =
            [
                .. new[] { app.Services.GetRequiredService<Lifecycle>().SafeMode, setup.Crash?.ToString(), holdings.History.Warning, providers.Warning, tls?.Warning }.OfType<string>(),
                .. listeners.Warnings,
                .. setup.Config.Warnings,
            ];
            var started = new GatewayStarted(urls[0].Url, Hello.Version, providers.Default.ToString(), tokenFile, warnings)
            {
                Listeners = urls[1..],
                AuthMode = setup.Config.Config.Gateway.Auth.ModeInForce(),
                TlsFingerprint = tls?.Identity.Fingerprint,
            };
            tls?.Watch(app.Services.GetRequiredService<ILogger<TlsDoor>>(), Introduce);
            return new GatewayHost(options, holdings, setup.Sources, app, tls, started);

            void Introduce(ServerIdentity? identity)
            {
                holdings.Lock.Describe(urls[0].Url, identity?.Fingerprint);
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

            throw;
        }
    }

    private async Task<GatewayHost> StartAgainAsync(StartConfig inForce, CancellationToken ct)
    {
        var again = _options with { SafeMode = _options.SafeMode == true ? null : _options.SafeMode };
        try
        {
            _holdings.History.Refused = null;
            return await StartAsync(again, _holdings, instead: null, ct);
        }
        catch (StartException refused)
        {
            _holdings.History.Refused = (await ReadOrNullAsync(inForce.Sources, ct), refused.Message);
            try
            {
                return await StartAsync(again, _holdings, inForce, ct);
            }
            catch (StartException)
            {
                ExceptionDispatchInfo.Throw(refused); // what the user has to mend
                throw;
            }
        }
    }

    private static async Task<ConfigContent?> ReadOrNullAsync(ConfigSources sources, CancellationToken ct)
    {
        try
        {
            var text = await File.ReadAllBytesAsync(sources.FilePath, ct);
            return new ConfigContent(text, await new IncludeReader(sources.FilePath, sources.Environment).ReadAsync(text, ct));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task EndAsync(ShutdownEvent notice, CancellationToken giveUp)
    {
        await OrderlyStop.RunAsync(_app.Services, notice, giveUp);
        await _app.StopAsync(CancellationToken.None);
    }

    private async Task DisposeAppAsync()
    {
        await _app.DisposeAsync();
        if (_tls is not null)
        {
            await _tls.DisposeAsync();
        }
    }

    private static WebApplication Build(
        GatewaySetup setup, Listeners listeners, KeptSockets sockets, TlsDoor? tls, Action<ILoggingBuilder>? logging)
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
        builder.Services.AddSingleton<IConnectionListenerFactory>(sockets); // the last one is asked first
        builder.Services.AddRoutingCore();
        builder.Services.AddGateway(setup);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        if (tls is not null)
        {
            builder.Services.AddSingleton<IHealthCheck>(new CertificateCheck(tls, setup.Time));
        }

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

    private static async Task ListenAsync(WebApplication app, Listeners listeners, KeptSockets sockets, CancellationToken ct)
    {
        try
        {
            await sockets.KeepOnlyAsync(listeners.All.Select(listener => listener.EndPoint));
            await app.StartAsync(ct);
        }
        catch (Exception e) when (e is IOException { InnerException: AddressInUseException } or SocketException)
        {
            throw listeners.Refused(e, sockets.Failed);
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
