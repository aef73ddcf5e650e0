using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools.Files;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of the tools that belong to the gateway.</summary>
internal static class ToolServices
{
    public static IServiceCollection AddTools(this IServiceCollection services) => services.AddFileTools();

    private static IServiceCollection AddFileTools(this IServiceCollection services)
    {
        foreach (var tool in FileTools.All)
        {
            services.AddSingleton<ITool>(tool);
        }

        return services;
    }
}
