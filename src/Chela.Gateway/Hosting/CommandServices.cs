using Chela.Gateway.Agents.Approvals;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The part of the composition that is about commands in messages.</summary>
internal static class CommandServices
{
    public static IServiceCollection AddCommands(this IServiceCollection services) => services
        .AddSingleton<ModelCommands>()
        .AddSingleton<ICommandModule, ResetCommands>()
        .AddSingleton<ICommandModule, StopCommand>()
        .AddSingleton<ICommandModule>(provider => provider.GetRequiredService<ModelCommands>())
        .AddSingleton<ICommandModule, ThinkCommand>()
        .AddSingleton<ICommandModule, QueueCommand>()
        .AddSingleton<ICommandModule, StatusCommands>()
        .AddSingleton<ICommandModule, ApproveCommand>()
        .AddSingleton<CommandTable>()
        .AddSingleton<CommandDesk>()
        .AddSingleton<IMethodModule, CommandMethods>();
}
