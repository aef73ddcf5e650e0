using Chela.Contracts.Events;
using Chela.Gateway.Access;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Agents;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.JsonRpc;
using Chela.Gateway.Wire.OpenClaw;
using Chela.Gateway.Wire.Plain;
using Chela.Gateway.Wire.Session;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of the gateway: which parts there are, and which part gets which.</summary>
internal static class GatewayServices
{
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewaySetup setup) => services
        .AddSingleton(setup.Paths)
        .AddSingleton(setup.Time)
        .AddSingleton(new GatewayToken(setup.Token))
        .AddSingleton(new ProviderCatalog(setup.Providers, setup.Time, ProviderHttp.CreateClient))
        .AddConfig(setup.Config)
        .AddSingleton<Uptime>()
        .AddStorage()
        .AddDevices()
        .AddBus()
        .AddSessions()
        .AddAgents()
        .AddRpc()
        .AddConnections();

    private static IServiceCollection AddStorage(this IServiceCollection services) => services
        .AddSingleton<JournalCommitter>()
        .AddSingleton<Journals>();

    private static IServiceCollection AddDevices(this IServiceCollection services) => services
        .AddSingleton(provider => new DeviceTable(new DocumentFile(provider.GetRequiredService<StatePaths>().DevicesFile)))
        .AddSingleton<PairingRequests>()
        .AddSingleton<Pairing>()
        .AddSingleton<DevicePresence>()
        .AddSingleton<IMethodModule, DeviceMethods>();

    private static IServiceCollection AddBus(this IServiceCollection services) => services
        .AddSingleton<Lifecycle>()
        .AddSingleton<EventBus>()
        .AddSingleton(provider => new Inbox(OpenJournal(provider, provider.GetRequiredService<StatePaths>().InboxDirectory, "inbox")))
        .AddSingleton(provider =>
        {
            var config = provider.GetRequiredService<ConfigStore>().Current.Config;
            TurnHandler run = (turn, stopping) => provider.GetRequiredService<AgentRun>().RunAsync(turn, stopping);
            return new Lanes(run, config.Agents.Defaults.ConcurrentRuns(Environment.ProcessorCount), provider.GetRequiredService<ILogger<Lanes>>());
        });

    private static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<SessionKeys>()
        .AddSingleton<SessionList>()
        .AddSingleton<SessionRemoval>()
        .AddSingleton<ChatHistory>()
        .AddSingleton<ChatIntake>()
        .AddSingleton(provider => new SessionTable(
            OpenJournal(provider, provider.GetRequiredService<StatePaths>().SessionsDirectory, "index"),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new Transcripts(
            Path.Combine(provider.GetRequiredService<StatePaths>().SessionsDirectory, "transcripts"),
            provider.GetRequiredService<Journals>()))
        .AddSingleton<IMethodModule, ChatMethods>()
        .AddSingleton<IMethodModule, ChatForms>()
        .AddSingleton<IMethodModule, SessionForms>()
        .AddSingleton<IMethodModule>(provider => ActivatorUtilities.CreateInstance<SessionMethods>(
            provider, DefaultsOf(provider), provider.GetRequiredService<StatePaths>().SessionsDirectory));

    private static IServiceCollection AddAgents(this IServiceCollection services) => services
        .AddSingleton<AgentRun>()
        .AddSingleton<Interruption>()
        .AddSingleton<IMethodModule, ModelMethods>();

    private static IServiceCollection AddRpc(this IServiceCollection services) => services
        .AddSingleton<MethodRegistry>()
        .AddSingleton(provider => new Lazy<MethodRegistry>(provider.GetRequiredService<MethodRegistry>))
        .AddSingleton<Dispatcher>()
        .AddSingleton<IMethodModule, SchemaMethods>()
        .AddSingleton<IMethodModule, HealthMethods>();

    private static IServiceCollection AddConnections(this IServiceCollection services) => services
        .AddSingleton<IWireDialect, OpenClawDialect>()
        .AddSingleton<IWireDialect, JsonRpcDialect>()
        .AddSingleton<ILogin, OpenClawLogin>()
        .AddSingleton<IWireDialect, PlainDialect>()
        .AddSingleton<IWireDialect, SessionDialect>()
        .AddSingleton<ILogin>(provider => new TokenLogin(provider.GetRequiredService<GatewayToken>(), Dialect.Session))
        .AddSingleton<ILogin>(provider => new TokenLogin(provider.GetRequiredService<GatewayToken>(), Dialect.JsonRpc))
        .AddSingleton<ILogin>(provider => new TokenLogin(provider.GetRequiredService<GatewayToken>(), Dialect.Plain))
        .AddSingleton<IMethodModule, AuthMethods>()
        .AddSingleton<ObjectPool<FrameWriter>>(_ => new DefaultObjectPool<FrameWriter>(new DefaultPooledObjectPolicy<FrameWriter>()))
        .AddSingleton<ConnectionTable>()
        .AddSingleton<EventFanout>()
        .AddSingleton<Presence>()
        .AddSingleton<IMethodModule, PresenceMethods>()
        .AddSingleton<DeviceAdmission>()
        .AddSingleton<DeviceSockets>()
        .AddSingleton<Hello>()
        .AddSingleton<Pump>()
        .AddSingleton(provider => new Lazy<Pump>(provider.GetRequiredService<Pump>))
        .AddSingleton<SocketEndpoint>()
        .AddSingleton<HttpCalls>()
        .AddHostedService<Sweeper>();

    private static Journal OpenJournal(IServiceProvider provider, string directory, string name) =>
        provider.GetRequiredService<Journals>().Open(directory, name);

    private static Func<SessionDefaults> DefaultsOf(IServiceProvider provider)
    {
        var model = provider.GetRequiredService<ProviderCatalog>().Default;
        return () => new SessionDefaults(model.Provider, model.Name);
    }
}

/// <summary>What is decided before the gateway is put together.</summary>
internal sealed record GatewaySetup(StatePaths Paths, ConfigSnapshot Config, string Token, ProviderSettings Providers, TimeProvider Time);
