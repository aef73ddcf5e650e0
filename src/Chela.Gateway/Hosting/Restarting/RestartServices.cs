using Chela.Gateway.Rpc;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting.Restarting;

/// <summary>Composes what restarts the gateway.</summary>
internal static class RestartServices
{
    public static IServiceCollection AddRestarts(this IServiceCollection services, RestartHistory history) => services
        .AddSingleton(history)
        .AddSingleton<RestartPreflight>()
        .AddSingleton<Restarts>()
        .AddSingleton<ConfigRestarts>()
        .AddSingleton<RestartNotes>()
        .AddSingleton<IMethodModule, RestartMethods>();
}
