using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Contracts.Channels;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Discord;

/// <summary>What an account is connected with.</summary>
internal sealed record DiscordLine(DiscordAccountConfig Account, DiscordSession Session, IChannelDoor Door);

/// <summary>Takes in the events of Discord. One that cannot be read is passed over, or it would come for ever.</summary>
internal sealed partial class DiscordIntake(DiscordApi api, DiscordFiles files, DiscordInteractions interactions, DiscordCommands commands, ILogger<DiscordIntake> logger)
{
    private static readonly DiscordJson Json = DiscordJson.Default;

    /// <summary>Does at once what cannot wait until those before it were taken in.</summary>
    public void Arrived(DiscordFrame frame, DiscordLine line)
    {
        line.Door.Heard();
        if (frame.T == "INTERACTION_CREATE" && Read(frame, Json.DiscordInteraction, line) is { } interaction && DiscordUpdates.MessageOf(interaction, line.Door.Account) is { } message)
        {
            interactions.Acknowledge(line.Account, interaction, message.RunId);
        }
    }

    /// <summary>Takes in one event; returns when that is done.</summary>
    public async Task TakeAsync(DiscordFrame frame, DiscordLine line, CancellationToken ct)
    {
        switch (frame.T)
        {
            case "READY" when Read(frame, Json.DiscordReady, line) is { } ready:
                line.Session.Begin(ready);
                line.Door.Connected();
                await OfferCommandsAsync(line.Account, ready.Application.Id, ct);
                break;
            case "RESUMED":
                line.Door.Connected();
                break;
            case "MESSAGE_CREATE" when Read(frame, Json.DiscordMessage, line) is { } message:
                await TakeAsync(message, line, ct);
                break;
            case "INTERACTION_CREATE" when Read(frame, Json.DiscordInteraction, line) is { } interaction:
                await TakeAsync(interaction, line, ct);
                break;
            case "GUILD_CREATE" or "THREAD_LIST_SYNC" when Read(frame, Json.DiscordGuild, line) is { Threads: { } threads }:
                threads.ToList().ForEach(line.Session.Learn);
                break;
            case "THREAD_CREATE" or "THREAD_UPDATE" when Read(frame, Json.DiscordPlace, line) is { } thread:
                line.Session.Learn(thread);
                break;
            case "THREAD_DELETE" when Read(frame, Json.DiscordPlace, line) is { } thread:
                line.Session.Unlearn(thread.Id);
                break;
            default:
                break;
        }
    }

    private async Task TakeAsync(DiscordMessage message, DiscordLine line, CancellationToken ct)
    {
        if (line.Session.Bot is { } bot && DiscordUpdates.MessageOf(message, line.Door.Account, bot, line.Session.ChannelOf(message.ChannelId)) is { } said)
        {
            var named = message.Attachments ?? [];
            await line.Door.ReceiveAsync(said, named.Count == 0 ? null : stop => files.FetchAsync(line.Account, named, stop), ct);
        }
    }

    private async Task TakeAsync(DiscordInteraction interaction, DiscordLine line, CancellationToken ct)
    {
        if (DiscordUpdates.MessageOf(interaction, line.Door.Account) is { } said && !await line.Door.ReceiveAsync(said, null, ct))
        {
            await interactions.WithdrawAsync(line.Account, said.RunId, ct);
        }
    }

    /// <summary>Shows people the commands where they type; a bot that may not do so works without.</summary>
    private async Task OfferCommandsAsync(DiscordAccountConfig account, string application, CancellationToken ct)
    {
        try
        {
            await api.SetCommandsAsync(account, application, commands, ct);
        }
        catch (Exception e) when (e is DiscordException or HttpRequestException)
        {
            Log.NoCommands(logger, e.Message);
        }
    }

    private T? Read<T>(DiscordFrame frame, JsonTypeInfo<T> type, DiscordLine line)
        where T : class
    {
        try
        {
            return frame.D?.Deserialize(type);
        }
        catch (JsonException e)
        {
            Log.NotRead(logger, frame.T, line.Door.Account, e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1750, LogLevel.Warning, "The event {Event} of the Discord account {Account} cannot be read, and is passed over: {Reason}")]
        public static partial void NotRead(ILogger logger, string? @event, string account, string reason);

        [LoggerMessage(1752, LogLevel.Information, "Discord does not offer the commands: {Reason}")]
        public static partial void NoCommands(ILogger logger, string reason);
    }
}
