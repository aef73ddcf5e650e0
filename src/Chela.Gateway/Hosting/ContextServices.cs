using Chela.Gateway.Agents.Context;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of what keeps conversations within the context of their models.</summary>
internal static class ContextServices
{
    public static IServiceCollection AddContext(this IServiceCollection services) => services
        .AddSingleton(provider => new Lazy<ToolRunner>(provider.GetRequiredService<ToolRunner>)) // tools send messages, and messages are commands, which have conversations summarized
        .AddSingleton<MemoryFlush>()
        .AddSingleton<Compactor>()
        .AddSingleton<SessionCompaction>()
        .AddSingleton<ICommandModule, CompactCommand>()
        .AddSingleton<IMethodModule, CompactionMethods>();
}
