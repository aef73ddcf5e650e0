using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Chela.Gateway.Config;

/// <summary>Registers the slice.</summary>
internal static class ConfigRegistration
{
    /// <summary>Makes a snapshot that the host has loaded the one in force at start.</summary>
    public static IServiceCollection AddConfig(this IServiceCollection services, ConfigSnapshot snapshot)
    {
        services.TryAddSingleton(new ConfigStore(snapshot));
        return services;
    }
}
