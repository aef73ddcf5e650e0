using System.Globalization;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Channels.Telegram;

/// <summary>Makes messages of what Telegram tells. Pure.</summary>
internal static class TelegramUpdates
{
    /// <summary>The message in an update; null where nobody says anything in it, or another bot does.</summary>
    public static ChannelMessage? MessageOf(TelegramUpdate update, string account, TelegramUser bot)
    {
        if (update.CallbackQuery is { } pressed)
        {
            return pressed is { Message: { } under, Data: { Length: > 0 } command } && pressed.From.IsBot is not true
                ? In(under, account, $"press:{pressed.Id}", Number(pressed.From.Id), command) with { SenderName = NameOf(pressed.From), IsMention = true }
                : null;
        }

        if ((update.Message ?? update.ChannelPost) is not { } message || message.From?.IsBot is true || SenderOf(message) is not { } sender)
        {
            return null;
        }

        var text = message.Text ?? message.Caption ?? KindOf(message);
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var mentions = MentionsOf(message, text, bot);
        return In(message, account, Number(message.MessageId), sender, Without(text, mentions)) with
        {
            SenderName = NameOf(message),
            MessageId = Number(message.MessageId),
            IsMention = mentions.Count > 0 || message.ReplyToMessage?.From?.Id == bot.Id,
        };
    }

    /// <summary>The files of a message, each once.</summary>
    public static IReadOnlyList<TelegramFile> FilesOf(TelegramMessage message) =>
        [.. new[] { message.Photo?.MaxBy(size => size.FileSize ?? 0), message.Document, message.Voice, message.Audio, message.Video }.OfType<TelegramFile>()];

    /// <summary>Something that was said in the chat of a message.</summary>
    private static ChannelMessage In(TelegramMessage message, string account, string id, string sender, string text)
    {
        var chat = Number(message.Chat.Id);
        var kind = message.Chat.Type switch { "private" => PeerKind.Direct, "channel" => PeerKind.Channel, _ => PeerKind.Group };
        var thread = message.IsTopicMessage is true && message.MessageThreadId is { } topic ? Number(topic) : null;
        return new ChannelMessage(
            $"{TelegramChannel.ChannelName}:{account}:{chat}:{id}",
            new Origin(TelegramChannel.ChannelName, account, new Peer(kind, chat)) { Thread = thread is null ? null : new SessionThread(thread) },
            sender,
            text,
            message.Date * 1000)
        {
            ReplyTo = new ReplyTarget(TelegramChannel.ChannelName, account, chat) { Kind = kind, Thread = thread },
        };
    }

    private static string? SenderOf(TelegramMessage message) =>
        message.SenderChat is { } inNameOf ? Number(inNameOf.Id) : message.From is { } person ? Number(person.Id) : null;

    private static string? NameOf(TelegramMessage message) => message.SenderChat?.Title ?? NameOf(message.From);

    private static string? NameOf(TelegramUser? person) =>
        string.Join(' ', new[] { person?.FirstName, person?.LastName }.Where(name => !string.IsNullOrWhiteSpace(name))) is { Length: > 0 } name ? name : null;

    /// <summary>What stands for the text of a file without one.</summary>
    private static string? KindOf(TelegramMessage message) =>
        message.Photo is not null ? "[photo]" : message.Voice is not null ? "[voice message]" : message.Audio is not null ? "[audio]"
        : message.Video is not null ? "[video]" : message.Document is not null ? "[file]" : null;

    /// <summary>Where the text names the bot.</summary>
    private static List<Range> MentionsOf(TelegramMessage message, string text, TelegramUser bot)
    {
        var mentions = new List<Range>();
        foreach (var entity in message.Entities ?? message.CaptionEntities ?? [])
        {
            if (entity.Offset < 0 || entity.Length <= 0 || entity.Offset > text.Length - entity.Length)
            {
                continue; // of another text
            }

            var (start, end) = (entity.Offset, entity.Offset + entity.Length);
            var at = entity.Type switch
            {
                "mention" when IsNameOf(text.AsSpan(start, entity.Length), bot) => start,
                "text_mention" when entity.User?.Id == bot.Id => start,
                "bot_command" when text.AsSpan(start, entity.Length).IndexOf('@') is var sign and > 0 && IsNameOf(text.AsSpan(start + sign, entity.Length - sign), bot) => start + sign,
                _ => -1,
            };
            if (at >= 0)
            {
                mentions.Add(at..end);
            }
        }

        return mentions;
    }

    private static bool IsNameOf(ReadOnlySpan<char> word, TelegramUser bot) =>
        bot.Username is { Length: > 0 } name && word.Length == name.Length + 1 && word[0] == '@' && word[1..].Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The text without the name of the bot in front, or behind a command: both only say to whom it is said.</summary>
    private static string Without(string text, List<Range> mentions)
    {
        if (mentions.Count == 0)
        {
            return text;
        }

        var (start, length) = mentions[0].GetOffsetAndLength(text.Length);
        var isAddress = start == 0 || (text[0] == '/' && !text.AsSpan(0, start).ContainsAny(' ', '\n'));
        var rest = isAddress ? text.Remove(start, length).Trim() : text;
        return rest.Length > 0 ? rest : text;
    }

    private static string Number(long id) => id.ToString(CultureInfo.InvariantCulture);
}
