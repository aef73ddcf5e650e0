using System.Globalization;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Channels.Slack;

/// <summary>Makes messages of what Slack tells. Pure.</summary>
internal static class SlackEvents
{
    /// <summary>Longer than all that Slack gives out.</summary>
    private const int MaxIdLength = 64;

    /// <summary>Messages of people; the others tell of changes, and of who came and went.</summary>
    private static readonly string?[] Said = [null, "file_share", "thread_broadcast", "me_message"];

    /// <summary>The message in an event; null where nobody says anything in it, or a bot does.</summary>
    public static ChannelMessage? MessageOf(SlackEvent said, string account, SlackIdentity bot)
    {
        if (said.Type is not ("message" or "app_mention") || !Said.Contains(said.Subtype, StringComparer.Ordinal) || said.BotId is not null
            || !IsId(said.Channel) || !IsId(said.User) || said.User == bot.UserId || MillisecondsOf(said.Ts) is not { } time)
        {
            return null;
        }

        var text = SlackText.Of(said.Text ?? "", bot);
        var content = text.Content.Length > 0 ? text.Content : KindOf(said);
        if (content is null)
        {
            return null;
        }

        var kind = said.ChannelType switch { "im" => PeerKind.Direct, "mpim" => PeerKind.Group, null => KindOf(said.Channel, null), _ => PeerKind.Channel };
        var thread = said.ThreadTs != said.Ts && MillisecondsOf(said.ThreadTs) is not null ? said.ThreadTs : null;
        return Message($"{said.Channel}:{said.Ts}", account, kind, said.Channel, said.User, content, time, thread) with
        {
            MessageId = said.Ts,
            IsMention = text.IsMention || (thread is not null && said.ParentUserId == bot.UserId),
        };
    }

    /// <summary>What somebody said to the bot by a slash command: what stands behind it.</summary>
    public static ChannelMessage? MessageOf(SlashCommand command, string account, SlackIdentity bot, long nowMs)
    {
        if (!IsId(command.ChannelId) || !IsId(command.UserId) || !IsId(command.TriggerId))
        {
            return null;
        }

        var text = SlackText.Of(command.Text ?? "", bot).Content;
        var kind = KindOf(command.ChannelId, command.ChannelName);
        return Message($"{command.ChannelId}:{command.TriggerId}", account, kind, command.ChannelId, command.UserId, text.Length > 0 ? text : "/help", nowMs, null) with
        {
            SenderName = command.UserName,
            IsMention = true,
        };
    }

    /// <summary>What somebody said to the bot by pressing a button under a message.</summary>
    public static ChannelMessage? MessageOf(SlackInteraction pressed, string account, long nowMs)
    {
        if (pressed is not { Type: "block_actions", User: { } person, Channel: { } room, Actions: [{ Value: { Length: > 0 } command } action, ..] }
            || !IsId(person.Id) || !IsId(room.Id) || !IsId(action.ActionTs))
        {
            return null;
        }

        var thread = pressed.Message is { ThreadTs: { } first } under && first != under.Ts && MillisecondsOf(first) is not null ? first : null;
        return Message($"{room.Id}:press:{action.ActionTs}", account, KindOf(room.Id, room.Name), room.Id, person.Id, command, nowMs, thread) with
        {
            SenderName = person.Username,
            IsMention = true,
        };
    }

    private static ChannelMessage Message(
        string id, string account, PeerKind kind, string channel, string user, string content, long timestampMs, string? thread)
    {
        var peer = new Peer(kind, kind == PeerKind.Direct ? user : channel);
        return new ChannelMessage(
            $"{SlackChannel.ChannelName}:{account}:{id}",
            new Origin(SlackChannel.ChannelName, account, peer) { Thread = thread is null ? null : new SessionThread(thread) },
            user,
            content,
            timestampMs)
        {
            ReplyTo = new ReplyTarget(SlackChannel.ChannelName, account, channel) { Kind = kind, Thread = thread },
        };
    }

    /// <summary>Where nothing else is said, the first letter says it.</summary>
    private static PeerKind KindOf(string channel, string? name) =>
        channel[0] == 'D' ? PeerKind.Direct : name?.StartsWith("mpdm-", StringComparison.Ordinal) is true ? PeerKind.Group : PeerKind.Channel;

    /// <summary>What stands for the text of files without one.</summary>
    private static string? KindOf(SlackEvent said) => said.Files is not { Count: > 0 } files ? null
        : files[0].Mimetype?.Split('/')[0] switch { "image" => "[photo]", "audio" => "[audio]", "video" => "[video]", _ => "[file]" };

    private static bool IsId([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? id) =>
        id is { Length: > 0 and <= MaxIdLength } && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');

    private static long? MillisecondsOf(string? ts) =>
        IsId(ts) && decimal.TryParse(ts, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 100_000_000_000m
            ? (long)(seconds * 1000)
            : null;
}
