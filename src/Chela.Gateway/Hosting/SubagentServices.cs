using Chela.Gateway.Agents.Spawning;
using Chela.Gateway.Agents.Supervisor;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Spawning;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of what has sub-agents do parts of a task.</summary>
internal static class SubagentServices
{
    public static IServiceCollection AddSubagents(this IServiceCollection services) => services
        .AddSingleton(provider => new Lazy<ChatIntake>(provider.GetRequiredService<ChatIntake>))
        .AddSingleton(provider => new Lazy<Lanes>(provider.GetRequiredService<Lanes>))
        .AddSingleton<SpawnTree>()
        .AddSingleton<Spawner>()
        .AddSingleton<SpawnLimits>()
        .AddSingleton<Announcements>()
        .AddSingleton<Subagents>();

    public static IServiceCollection AddSubagentTools(this IServiceCollection services) => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<SessionSpawn>(provider).Tool)
        .AddSingleton<SubagentTools>()
        .AddSingleton(provider => provider.GetRequiredService<SubagentTools>().Children)
        .AddSingleton(provider => provider.GetRequiredService<SubagentTools>().Steer)
        .AddSingleton(provider => provider.GetRequiredService<SubagentTools>().Stop);
}
