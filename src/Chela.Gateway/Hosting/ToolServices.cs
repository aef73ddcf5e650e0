using System.Net;
using Chela.Contracts.Messages;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools.Exec;
using Chela.Gateway.Agents.Tools.Files;
using Chela.Gateway.Agents.Tools.Http;
using Chela.Gateway.Agents.Tools.Messages;
using Chela.Gateway.Channels.Webhook;
using Chela.Gateway.Config;
using Chela.Gateway.Schema;
using Microsoft.Extensions.DependencyInjection;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of the tools that belong to the gateway.</summary>
internal static class ToolServices
{
    public static IServiceCollection AddTools(this IServiceCollection services) => services
        .AddFileTools()
        .AddSingleton(provider => new HttpFetch(
            new GuardedConnect(Dns.GetHostAddressesAsync, address => Settings(provider).Http.AllowPrivate || PublicAddress.Is(address)),
            () => Settings(provider).Http))
        .AddSingleton(provider => provider.GetRequiredService<HttpFetch>().Tool)
        .AddSingleton(provider => new ExecTool(
            () => Settings(provider).Exec,
            Sandbox.OfMachine(provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<TimeProvider>()).Tool)
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<SessionSend>(provider).Tool)
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<MessageSend>(provider).Tool)
        .AddSubagentTools()
        .AddSingleton<TargetRefusal>(provider => target => Refusal(target, provider.GetRequiredService<ConfigStore>().Current.Config.Channels));

    private static ToolsConfig Settings(IServiceProvider provider) => provider.GetRequiredService<ConfigStore>().Current.Config.Tools;

    private static IServiceCollection AddFileTools(this IServiceCollection services)
    {
        foreach (var tool in FileTools.All)
        {
            services.AddSingleton<ITool>(tool);
        }

        return services;
    }

    /// <summary>Why nothing is sent to a target: the configuration does not know it.</summary>
    private static string? Refusal(ReplyTarget target, ChannelsConfig channels) =>
        channels.Find(target.Channel, target.Account)?.Runs() is true ? null
        : target.Channel != WebhookChannel.ChannelName && !channels.Accounts().Any(account => account.Channel == target.Channel) ? $"There is no channel '{JsonText.Show(target.Channel)}'."
        : target.Channel != WebhookChannel.ChannelName || channels.Webhook.GetValueOrDefault(target.Account)?.Url is null ? $"The channel has no account '{JsonText.Show(target.Account)}' that takes messages."
        : null;
}
