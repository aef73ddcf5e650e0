using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Contracts.Tools;
using Chela.Gateway.Access;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Access.Nodes;
using Chela.Gateway.Access.Oidc;
using Chela.Gateway.Agents;
using Chela.Gateway.Agents.Mcp;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Agents.Supervisor;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Unfinished;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Connections;
using Chela.Gateway.Hosting.HealthChecks;
using Chela.Gateway.Hosting.Restarting;
using Chela.Gateway.Hosting.Starting;
using Chela.Gateway.Logs;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Export;
using Chela.Gateway.Sessions.Retention;
using Chela.Gateway.Sessions.Search;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Telemetry.Audit;
using Chela.Gateway.Telemetry.Prometheus;
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
        .AddSingleton(new SharedSecrets(setup.Secret, setup.Time))
        .AddSingleton(new ProviderCatalog(setup.Models, setup.Time, ProviderHttp.CreateClient))
        .AddConfig(setup.Config)
        .AddConfigChanges(setup)
        .AddRestarts(setup.Restarts)
        .AddCredentials()
        .AddSingleton<Uptime>()
        .AddSingleton(new Random())
        .AddSingleton<BackgroundLoops>()
        .AddSingleton<GatewayMeter>()
        .AddSingleton<MetricsRecorder>()
        .AddSingleton<Gauges>()
        .AddLogs(setup)
        .AddStorage(setup)
        .AddDevices()
        .AddBus()
        .AddSessions()
        .AddAttachments(setup)
        .AddAgents()
        .AddTools()
        .AddUsage()
        .AddChannels()
        .AddRpc()
        .AddConnections();

    private static IServiceCollection AddStorage(this IServiceCollection services, GatewaySetup setup) => services
        .AddSingleton<JournalCommitter>()
        .AddSingleton<JournalFaults>()
        .AddSingleton(provider => new JournalOptions { Step = setup.Crash is { } crash ? crash.Pass : null, Faults = provider.GetRequiredService<JournalFaults>() })
        .AddSingleton<Journals>()
        .AddSingleton(provider => new StartRecord(
            StartRecord.FileOf(setup.Paths), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<StartRecord>>()))
        .AddSingleton(provider => new SafeMode(
            setup.SafeMode,
            provider.GetRequiredService<StartRecord>(),
            provider.GetRequiredService<Lifecycle>(),
            provider.GetRequiredService<Restarts>(),
            provider.GetRequiredService<ILogger<SafeMode>>()));

    private static IServiceCollection AddCredentials(this IServiceCollection services) => services
        .AddSingleton<FailedAttempts>()
        .AddSingleton<ProxyIdentity>()
        .AddSingleton<ProviderDocuments>()
        .AddSingleton<ProviderKeys>()
        .AddSingleton<OidcTokens>()
        .AddSingleton<SharedCredentials>()
        .AddSingleton<SecretFollower>()
        .AddSingleton(provider => new TokenRotation(
            provider.GetRequiredService<SharedSecrets>(),
            provider.GetRequiredService<StatePaths>().TokenFile,
            provider.GetRequiredService<ConfigStore>(),
            provider.GetRequiredService<TimeProvider>())
        {
            Made = provider.GetRequiredService<LogSecrets>().Add,
        })
        .AddSingleton<IMethodModule, RotationMethods>();

    private static IServiceCollection AddDevices(this IServiceCollection services) => services
        .AddSingleton(provider => new DeviceTable(new DocumentFile(provider.GetRequiredService<StatePaths>().DevicesFile)))
        .AddSingleton<PairingRequests>()
        .AddSingleton<Pairing>()
        .AddSingleton<DevicePresence>()
        .AddSingleton<SetupCodes>()
        .AddSingleton<GatewayAddresses>()
        .AddSingleton<ScopeUpgrades>()
        .AddSingleton<IMethodModule, DeviceMethods>()
        .AddSingleton<IMethodModule, SetupMethods>()
        .AddSingleton<IMethodModule, UpgradeMethods>()
        .AddSingleton<NodeRegistry>()
        .AddSingleton<NodeRows>()
        .AddSingleton<IMethodModule, NodeMethods>();

    private static IServiceCollection AddBus(this IServiceCollection services) => services
        .AddSingleton<Lifecycle>()
        .AddSingleton<EventBus>()
        .AddSingleton<Runs>()
        .AddSingleton(provider => new Inbox(
            OpenJournal(provider, provider.GetRequiredService<StatePaths>().InboxDirectory, "inbox"),
            provider.GetRequiredService<GatewayMeter>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider =>
        {
            var config = provider.GetRequiredService<ConfigStore>();
            var handlers = new TurnHandlers(
                (turn, stopping) => provider.GetRequiredService<TurnCare>().RunAsync(turn, stopping),
                (turn, stopping) => provider.GetRequiredService<TurnCare>().TellStoppedAsync(turn, stopping));
            var slots = new RunSlots(handlers, LimitsOf(config.Current), provider.GetRequiredService<IAuditTrail>(), provider.GetRequiredService<ILogger<RunSlots>>());
            config.Subscribe(change => slots.Limit(LimitsOf(change.Current)));
            return slots;
        })
        .AddSingleton(_ => new LaneRoom(LaneRoom.BytesWithin(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)))
        .AddSingleton<Lanes>()
        .AddSingleton<LaneChanges>()
        .AddSingleton<LaneWork>();

    private static RunLimits LimitsOf(ConfigSnapshot snapshot)
    {
        var agents = snapshot.Config.Agents.Defaults;
        return new RunLimits(agents.ConcurrentRuns(Environment.ProcessorCount), agents.Subagents.MaxConcurrent);
    }

    private static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<SessionKeys>()
        .AddSingleton<SessionList>()
        .AddSingleton<SessionRemoval>()
        .AddSingleton<ChatHistory>()
        .AddSingleton<ChatIntake>()
        .AddSingleton<QueueRules>()
        .AddSingleton<PastRuns>()
        .AddSingleton<Asking>()
        .AddSessionList()
        .AddSingleton(provider => new Transcripts(
            Path.Combine(provider.GetRequiredService<StatePaths>().SessionsDirectory, "transcripts"),
            provider.GetRequiredService<Journals>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddCommands()
        .AddSingleton<ChatSending>()
        .AddSingleton<IMethodModule, ChatMethods>()
        .AddSingleton<IMethodModule, SessionStartMethods>()
        .AddSingleton<IMethodModule, AgentMethods>()
        .AddSingleton<IMethodModule, ChatForms>()
        .AddSingleton<IMethodModule, SessionForms>()
        .AddSingleton<IMethodModule, SessionViewMethods>()
        .AddSingleton<IMethodModule, SessionWorkMethods>()
        .AddSingleton(provider => InSessionsFolder<SessionMethods>(provider))
        .AddSingleton(provider => InSessionsFolder<SessionChangeMethods>(provider))
        .AddSingleton(provider => InSessionsFolder<SubscriptionMethods>(provider))
        .AddSingleton<SessionNews>()
        .AddSingleton<SessionNotes>()
        .AddSingleton<RunStops>()
        .AddSingleton<SessionPreviews>()
        .AddSingleton<TurnSessions>()
        .AddSingleton<Cleanup>()
        .AddSingleton(provider => new Lazy<Cleanup>(provider.GetRequiredService<Cleanup>))
        .AddSingleton<IMethodModule, CleanupMethods>()
        .AddHostedService<RetentionClock>()
        .AddSingleton<TranscriptSearch>()
        .AddSingleton<IMethodModule, SearchMethods>()
        .AddSingleton<TranscriptExport>()
        .AddSingleton<SessionImports>()
        .AddSingleton<IMethodModule, ExportMethods>()
        .AddSingleton<AgentTarget>()
        .AddSingleton<ModelLookup>(provider =>
        {
            var config = provider.GetRequiredService<ConfigStore>();
            var providers = provider.GetRequiredService<ProviderCatalog>();
            return (name, agentId) => Lookup(providers, name, config.Current.Config.Agents.Of(agentId));
        });

    private static IServiceCollection AddAgents(this IServiceCollection services) => services
        .AddSingleton<AgentRun>()
        .AddSingleton<ModelHealth>()
        .AddSingleton<ModelCalls>()
        .AddSingleton<ResponseCache>()
        .AddSingleton<AgentSteps>()
        .AddSingleton<Supervisor>()
        .AddSubagents()
        .AddSingleton<ToolCatalog>()
        .AddSingleton<ToolRunner>()
        .AddSingleton<McpServers>()
        .AddSingleton<IToolSource>(provider => provider.GetRequiredService<McpServers>())
        .AddSingleton<IMethodModule, ToolMethods>()
        .AddApprovals()
        .AddWorkspaces()
        .AddSingleton<StoppedTurns>()
        .AddSingleton<TurnCare>()
        .AddSingleton<Answering>()
        .AddContext()
        .AddSingleton<Replies>()
        .AddSingleton<Interruption>()
        .AddSingleton<OwedReplies>()
        .AddSingleton<UnfinishedRuns>()
        .AddSingleton<IMethodModule, ModelMethods>()
        .AddSingleton<IMethodModule, AgentListMethods>();

    private static IServiceCollection AddRpc(this IServiceCollection services) => services
        .AddSingleton<MethodRegistry>()
        .AddSingleton(provider => new Lazy<MethodRegistry>(provider.GetRequiredService<MethodRegistry>))
        .AddSingleton<Dispatcher>()
        .AddSingleton<CallGate>()
        .AddSingleton(provider =>
        {
            var config = provider.GetRequiredService<ConfigStore>();
            return new CallLimits(() => SettingsOf(config.Current.Config.Gateway.Limits), provider.GetRequiredService<TimeProvider>());
        })
        .AddSingleton<IMethodModule, SchemaMethods>()
        .AddSingleton<IMethodModule, HeartbeatMethods>()
        .AddSingleton<IMethodModule, ConfigMethods>();

    private static IServiceCollection AddConnections(this IServiceCollection services) => services
        .AddSingleton<IWireDialect, OpenClawDialect>()
        .AddSingleton<IWireDialect, JsonRpcDialect>()
        .AddSingleton<SecretLogin>()
        .AddSingleton<ILogin, OpenClawLogin>()
        .AddSingleton<IWireDialect, PlainDialect>()
        .AddSingleton<IWireDialect, SessionDialect>()
        .AddSingleton<ILogin>(provider => new TokenLogin(provider.GetRequiredService<SecretLogin>(), Dialect.Session))
        .AddSingleton<ILogin>(provider => new TokenLogin(provider.GetRequiredService<SecretLogin>(), Dialect.JsonRpc))
        .AddSingleton<ILogin>(provider => new TokenLogin(provider.GetRequiredService<SecretLogin>(), Dialect.Plain))
        .AddSingleton<IMethodModule, AuthMethods>()
        .AddSingleton<ObjectPool<FrameWriter>>(_ => new DefaultObjectPool<FrameWriter>(new DefaultPooledObjectPolicy<FrameWriter>()))
        .AddSingleton<ConnectionTable>()
        .AddSingleton<EventFanout>()
        .AddHealth()
        .AddSingleton<Presence>()
        .AddSingleton<Arrivals>()
        .AddSingleton<IMethodModule, PresenceMethods>()
        .AddSingleton<IMethodModule, EventMethods>()
        .AddSingleton<DeviceCredentials>()
        .AddSingleton<BrowserTokens>()
        .AddSingleton<DeviceAdmission>()
        .AddSingleton<FrontDoor>()
        .AddSingleton<TcpGate>()
        .AddSingleton<BrowserOrigins>()
        .AddSingleton<DeviceSockets>()
        .AddSingleton<CredentialSockets>()
        .AddSingleton<Hello>()
        .AddSingleton<Pump>()
        .AddSingleton(provider => new Lazy<Pump>(provider.GetRequiredService<Pump>))
        .AddSingleton<SocketEndpoint>()
        .AddHttpCalls()
        .AddHostedService<Sweeper>();

    private static Journal OpenJournal(IServiceProvider provider, string directory, string name) =>
        provider.GetRequiredService<Journals>().Open(directory, name);

    private static CallLimitSettings SettingsOf(GatewayLimitsConfig limits) => new(limits.MaxChatPerMinute, limits.MaxChatPerMinutePerAddress);

    private static IMethodModule InSessionsFolder<T>(IServiceProvider provider)
        where T : class, IMethodModule => ActivatorUtilities.CreateInstance<T>(provider, provider.GetRequiredService<StatePaths>().SessionsDirectory);

    private static SessionDefaults Lookup(ProviderCatalog providers, string? name, AgentInForce agent)
    {
        try
        {
            var model = name is null ? providers.Configured(agent.Model) : providers.Resolve(name).Ref;
            return new SessionDefaults(model.Provider, model.Name)
            {
                Thinks = providers.Describe(model).Reasoning == true,
                ThinkingDefault = agent.Thinking,
            };
        }
        catch (ProviderException e)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, e.Message);
        }
    }
}
