using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Access.Senders;
using Chela.Gateway.Bus;
using Chela.Gateway.Channels;
using Chela.Gateway.Channels.Discord;
using Chela.Gateway.Channels.Feishu;
using Chela.Gateway.Channels.Login;
using Chela.Gateway.Channels.Plugin;
using Chela.Gateway.Channels.Sidecar;
using Chela.Gateway.Channels.Slack;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Channels.Telegram;
using Chela.Gateway.Channels.Webhook;
using Chela.Gateway.Channels.WhatsApp;
using Chela.Gateway.Config;
using Chela.Gateway.Plugins;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Attachments;
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
            var store = provider.GetRequiredService<AttachmentStore>();
            return (message, files) => ReceiveAsync(intake, router.Route(message), commanders.Of(message), store.Read(files));
        })
        .AddSingleton(provider => new SenderBook(
            new DocumentFile(provider.GetRequiredService<StatePaths>().SendersFile), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<Reception>()
        .AddSingleton<Accounts>()
        .AddSingleton<Probes>()
        .AddSingleton<PushGate>()
        .AddSingleton<TypingSigns>()
        .AddSingleton<AnswersInSight>()
        .AddSingleton(provider =>
        {
            var accounts = provider.GetRequiredService<Accounts>();
            return new Delivery(
                provider.GetRequiredService<Outbox>(),
                provider.GetServices<IOutboundChannel>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<Delivery>>())
            {
                ContentOf = provider.GetRequiredService<AttachmentStore>().ReadAsync,
                DraftOf = provider.GetRequiredService<AnswersInSight>().TakeAsync,
                Sent = target => accounts.Running(new AccountName(target.Channel, target.Account))?.Sent(),
            };
        })
        .AddSingleton<IMethodModule, ChannelMethods>()
        .AddSingleton<IMethodModule, OutboxMethods>()
        .AddSingleton<IMethodModule, SenderMethods>()
        .AddSingleton<IOutboundChannel, WebhookChannel>()
        .AddSingleton<WebhookEndpoint>()
        .AddTelegram()
        .AddSlack()
        .AddFeishu()
        .AddWhatsApp()
        .AddSidecars()
        .AddPlugins()
        .AddDiscord();

    private static IServiceCollection AddSlack(this IServiceCollection services) => services
        .AddSingleton<SlackApi>()
        .AddSingleton<SlackFiles>()
        .AddSingleton<SlackIntake>()
        .AddChannel<SlackChannel>();

    private static IServiceCollection AddTelegram(this IServiceCollection services) => services
        .AddSingleton<TelegramApi>()
        .AddSingleton<TelegramFiles>()
        .AddSingleton<TelegramIntake>()
        .AddSingleton<TelegramEndpoint>()
        .AddSingleton(provider => TelegramCommandsOf(provider.GetRequiredService<CommandTable>()))
        .AddChannel<TelegramChannel>();

    private static IServiceCollection AddFeishu(this IServiceCollection services) => services
        .AddSingleton<FeishuHttp>()
        .AddSingleton<FeishuTokens>()
        .AddSingleton<FeishuApi>()
        .AddSingleton<FeishuConnection>()
        .AddSingleton<FeishuFiles>()
        .AddSingleton<FeishuPeople>()
        .AddSingleton<FeishuIntake>()
        .AddSingleton<FeishuEndpoint>()
        .AddChannel<FeishuChannel>();

    private static IServiceCollection AddWhatsApp(this IServiceCollection services) => services
        .AddSingleton<WhatsAppApi>()
        .AddSingleton<WhatsAppEndpoint>()
        .AddChannel<WhatsAppChannel>();

    private static IServiceCollection AddSidecars(this IServiceCollection services) => services
        .AddSingleton(provider => new SidecarChannel(
            provider.GetRequiredService<StatePaths>().SidecarsDirectory,
            provider.GetRequiredService<ConfigStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SidecarChannel>>()))
        .AddSingleton<IChannel>(provider => provider.GetRequiredService<SidecarChannel>())
        .AddSingleton<IOutboundChannel>(provider => provider.GetRequiredService<SidecarChannel>())
        .AddSingleton<IMethodModule, LoginMethods>();

    private static IServiceCollection AddPlugins(this IServiceCollection services) => services
        .AddSingleton(provider => new PluginSet(
            provider.GetRequiredService<StatePaths>().PluginsDirectory, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PluginSet>>()))
        .AddSingleton(provider => new PluginChannel(
            provider.GetRequiredService<StatePaths>().PluginAccountsDirectory,
            provider.GetRequiredService<PluginSet>().OpenAsync,
            provider.GetRequiredService<ConfigStore>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IChannel>(provider => provider.GetRequiredService<PluginChannel>())
        .AddSingleton<IOutboundChannel>(provider => provider.GetRequiredService<PluginChannel>());

    private static IServiceCollection AddDiscord(this IServiceCollection services) => services
        .AddSingleton<DiscordLimits>()
        .AddSingleton<DiscordApi>()
        .AddSingleton<DiscordFiles>()
        .AddSingleton<DiscordInteractions>()
        .AddSingleton<DiscordIntake>()
        .AddSingleton<DiscordGateway>()
        .AddSingleton(provider => DiscordCommandsOf(provider.GetRequiredService<CommandTable>()))
        .AddChannel<DiscordChannel>();

    private static IServiceCollection AddChannel<T>(this IServiceCollection services)
        where T : class, IChannel => services
        .AddSingleton<T>()
        .AddSingleton<IChannel>(provider => provider.GetRequiredService<T>())
        .AddSingleton<IOutboundChannel>(provider => provider.GetRequiredService<T>());

    /// <summary>What clients of Telegram offer: it takes a hundred commands, named by small letters, digits and underscores.</summary>
    private static SetMyCommands TelegramCommandsOf(CommandTable commands) => new(
    [
        .. commands.All.Where(command => command.Name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_'))
            .Take(100)
            .Select(command => new BotCommand(command.Name, command.Description)),
    ]);

    /// <summary>What clients of Discord offer: it takes a hundred commands, whose descriptions have at most a hundred characters.</summary>
    private static DiscordCommands DiscordCommandsOf(CommandTable commands) => new(
    [
        .. commands.All.Where(command => command.Name.Length <= 32 && command.Name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '_' or '-'))
            .Take(100)
            .Select(command => new DiscordCommand(command.Name, Cut(command.Description),
                command.Argument is { } argument ? [new DiscordCommandOption(DiscordCommandOption.Text, "text", Cut(argument.Description))] : [])),
    ]);

    private static string Cut(string description) => description.Length <= 100 ? description : $"{description[..99]}…";

    /// <summary>To a channel a command is new that was just done.</summary>
    private static async ValueTask<Acceptance> ReceiveAsync(ChatIntake intake, InboundMessage message, Commander sender, Uploads? files)
    {
        var taken = await intake.AcceptAsync(message with { Attachments = files?.Attachments ?? [] }, sender, files: files);
        taken.Begin?.Invoke();
        return taken.Turn is null ? taken.Acceptance : Acceptance.New;
    }
}
