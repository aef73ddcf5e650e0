using Chela.Gateway.Connections;
using Chela.Gateway.Rpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>Composes what looks after the gateway. A new part has one line here; a door with TLS adds its certificate by itself.</summary>
internal static class HealthServices
{
    public static IServiceCollection AddHealth(this IServiceCollection services) => services
        .AddCheck<ChannelsCheck>()
        .AddCheck<ConfigFileCheck>()
        .AddCheck<DeliveryCheck>()
        .AddCheck<LoopsCheck>()
        .AddCheck<McpCheck>()
        .AddCheck<MemoryCheck>()
        .AddCheck<MessagesCheck>()
        .AddCheck<ModeCheck>()
        .AddCheck<ModelsCheck>()
        .AddCheck<PluginsCheck>()
        .AddCheck<StorageCheck>()
        .AddCheck<ThreadsCheck>()
        .AddSingleton<HealthState>()
        .AddSingleton<HealthBoard>()
        .AddSingleton(provider => new Lazy<HealthBoard>(provider.GetRequiredService<HealthBoard>))
        .AddSingleton<HealthReport>()
        .AddSingleton(provider => new Lazy<HealthReport>(provider.GetRequiredService<HealthReport>))
        .AddSingleton<HealthWatch>()
        .AddHostedService<HealthClock>()
        .AddHostedService<MemoryReturn>()
        .AddSingleton<IMethodModule, HealthMethods>()
        .AddSingleton<IMethodModule, StatusMethods>();

    private static IServiceCollection AddCheck<T>(this IServiceCollection services)
        where T : class, IHealthCheck
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHealthCheck, T>());
        return services;
    }
}
