using System.Text.RegularExpressions;
using Chela.Contracts.Messages;

namespace Chela.Gateway.Channels.Discord;

/// <summary>Makes messages of what Discord tells. Pure.</summary>
internal static partial class DiscordUpdates
{
    private const int Plain = 0;
    private const int Answer = 19;

    /// <summary>The message; null where nobody says anything in it, or a program does.</summary>
    /// <param name="channel">The channel that it was said in a thread of; null outside of threads.</param>
    public static ChannelMessage? MessageOf(DiscordMessage message, string account, DiscordUser bot, string? channel)
    {
        if (message.Type is not (null or Plain or Answer) || message.WebhookId is not null || message.Author is not { Bot: not true } author || DiscordId.TimeOf(message.Id) is not { } time)
        {
            return null;
        }

        var text = string.IsNullOrWhiteSpace(message.Content) ? KindOf(message) : message.Content;
        if (text is null)
        {
            return null;
        }

        return In(new Place(message.ChannelId, message.GuildId, channel), message.Id, account, author, message.Member, Without(text, bot), time) with
        {
            MessageId = message.Id,
            IsMention = message.Mentions?.Any(mentioned => mentioned.Id == bot.Id) is true || message.ReferencedMessage?.Author?.Id == bot.Id,
        };
    }

    /// <summary>The command, or what a button stands for, as a message; null where it is neither.</summary>
    public static ChannelMessage? MessageOf(DiscordInteraction interaction, string account)
    {
        if (interaction.ChannelId is not { } chat || TextOf(interaction) is not { Length: > 0 } text
            || (interaction.Member?.User ?? interaction.User) is not { } author || DiscordId.TimeOf(interaction.Id) is not { } time)
        {
            return null;
        }

        var place = new Place(chat, interaction.GuildId, interaction.Channel is { IsThread: true } thread ? thread.ParentId : null);
        return In(place, interaction.Id, account, author, interaction.Member, text, time) with { IsMention = true };
    }

    private static string? TextOf(DiscordInteraction interaction) => interaction switch
    {
        { Type: DiscordInteraction.OfCommand, Data: { Name: { } name } data } =>
            string.Join(' ', (data.Options ?? []).Select(option => option.Value?.ToString()).Prepend($"/{name}")),
        { Type: DiscordInteraction.OfButton, Data.CustomId: { } command } => command,
        _ => null,
    };

    private static ChannelMessage In(Place place, string id, string account, DiscordUser author, DiscordMember? member, string text, long time)
    {
        var kind = place.Guild is null ? PeerKind.Direct : PeerKind.Channel;
        var origin = new Origin(DiscordChannel.ChannelName, account, new Peer(kind, place.Guild is null ? author.Id : place.Chat))
        {
            Guild = place.Guild,
            Parent = place.Channel is null ? null : new Peer(PeerKind.Channel, place.Channel),
            Roles = member?.Roles ?? [],
        };
        return new ChannelMessage($"{DiscordChannel.ChannelName}:{account}:{place.Chat}:{id}", origin, author.Id, text, time)
        {
            ReplyTo = new ReplyTarget(DiscordChannel.ChannelName, account, place.Chat) { Kind = kind },
            SenderName = member?.Nick ?? author.GlobalName ?? author.Username,
        };
    }

    /// <summary>What stands for the text of files without one.</summary>
    private static string? KindOf(DiscordMessage message) => message.Attachments is not { Count: > 0 } files ? null : files[0].ContentType?.Split('/')[0] switch
    {
        "image" => "[photo]",
        "audio" => "[audio]",
        "video" => "[video]",
        _ => "[file]",
    };

    /// <summary>The text without the name of the bot in front, which only says to whom it is said.</summary>
    private static string Without(string text, DiscordUser bot)
    {
        var rest = Address().Match(text) is { Success: true } address && address.Groups["id"].Value == bot.Id ? text[address.Length..].Trim() : text;
        return rest.Length > 0 ? rest : text;
    }

    [GeneratedRegex(@"^\s*<@!?(?<id>[0-9]{1,20})>")]
    private static partial Regex Address();

    /// <summary>Where something was said.</summary>
    /// <param name="Chat">The channel or the thread.</param>
    /// <param name="Guild">The server; null in private.</param>
    /// <param name="Channel">The channel of the thread; null for what is no thread.</param>
    private sealed record Place(string Chat, string? Guild, string? Channel);
}
