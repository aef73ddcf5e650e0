using Chela.Gateway.Agents;
using Chela.Gateway.Agents.Briefing;
using Chela.Gateway.Agents.Memory;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Roster;
using Chela.Gateway.Agents.Skills;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Chela.Gateway.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of what agents are told of their workspaces.</summary>
internal static class WorkspaceServices
{
    public static IServiceCollection AddWorkspaces(this IServiceCollection services) => services
        .AddSingleton(provider => new Workspaces(
            provider.GetRequiredService<ConfigStore>(), provider.GetRequiredService<StatePaths>().WorkspacesDirectory))
        .AddSingleton<AgentLeavings>()
        .AddSingleton<AgentRemoval>()
        .AddSingleton<IMethodModule, RosterMethods>()
        .AddSingleton<AgentBriefing>()
        .AddSingleton<PromptMaker>()
        .AddSingleton<IMethodModule, WorkspaceFileMethods>()
        .AddSingleton<IMethodModule, SkillMethods>()
        .AddSingleton<IMethodModule, SkillUpdates>()
        .AddSingleton<VectorMaking>()
        .AddSingleton(provider => new PassageVectors(
            Embedders(provider),
            provider.GetRequiredService<VectorMaking>(),
            provider.GetRequiredService<StatePaths>().EmbeddingsDirectory,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PassageVectors>>()))
        .AddSingleton(provider => new MemoryRecall(
            () => provider.GetRequiredService<ConfigStore>().Current.Config.Memory.Search, provider.GetRequiredService<PassageVectors>()))
        .AddSingleton<MemoryTools>()
        .AddSingleton(provider => provider.GetRequiredService<MemoryTools>().Search)
        .AddSingleton(provider => provider.GetRequiredService<MemoryTools>().Get)
        .AddSingleton(provider => provider.GetRequiredService<MemoryTools>().Add)
        .AddSingleton<IMethodModule, MemoryMethods>();

    private static EmbedderOf Embedders(IServiceProvider provider)
    {
        var (providers, ledger) = (provider.GetRequiredService<ProviderCatalog>(), provider.GetRequiredService<UsageLedger>());
        var time = provider.GetRequiredService<TimeProvider>();
        return (model, agentId) => new CountedEmbedder(providers.CreateEmbedder(model), model, agentId, providers.Describe(model).Price, ledger, time);
    }
}
