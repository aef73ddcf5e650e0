using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Bus;
using Chela.Gateway.Channels;
using Chela.Gateway.Channels.Webhook;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Commands;
using Chela.Gateway.Sessions.Routing;
using Chela.Gateway.Storage;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting;

/// <summary>The composition of the channels: the outbox, its delivery, the door for what comes in, and each channel.</summary>
internal static class ChannelServices
{
    public static IServiceCollection AddChannels(this IServiceCollection services) => services
        .AddSingleton(provider => new Outbox(
            provider.GetRequiredService<Journals>().Open(provider.GetRequiredService<StatePaths>().OutboxDirectory, "outbox"),
            provider.GetRequiredService<GatewayMeter>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Outbox>>()))
        .AddSingleton<Router>()
        .AddSingleton<ChannelCommanders>()
        .AddSingleton<InboundDoor>(provider =>
        {
            var (router, commanders) = (provider.GetRequiredService<Router>(), provider.GetRequiredService<ChannelCommanders>());
            var intake = provider.GetRequiredService<ChatIntake>();
            return message => ReceiveAsync(intake, router.Route(message), commanders.Of(message));
        })
        .AddSingleton<Delivery>()
        .AddSingleton<IMethodModule, ChannelMethods>()
        .AddSingleton<IMethodModule, OutboxMethods>()
        .AddSingleton<IOutboundChannel, WebhookChannel>()
        .AddSingleton<WebhookEndpoint>();

    /// <summary>To a channel a command is new that was just done.</summary>
    private static async ValueTask<Acceptance> ReceiveAsync(ChatIntake intake, InboundMessage message, Commander sender)
    {
        var taken = await intake.AcceptAsync(message, sender);
        taken.Begin?.Invoke();
        return taken.Turn is null ? taken.Acceptance : Acceptance.New;
    }
}
