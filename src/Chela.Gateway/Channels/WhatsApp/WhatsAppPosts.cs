using System.Globalization;
using Chela.Contracts.Messages;

namespace Chela.Gateway.Channels.WhatsApp;

/// <summary>A message in what Meta posted, and its files.</summary>
internal sealed record WhatsAppInbound(ChannelMessage Message, IReadOnlyList<WhatsAppMedia> Files);

/// <summary>Makes messages of what Meta posts. Pure.</summary>
internal static class WhatsAppPosts
{
    /// <summary>The most messages of one post.</summary>
    private const int MaxMessages = 1_000;

    /// <summary>The messages to a number, in their order; what is said to others is not for this account.</summary>
    /// <param name="post">What was posted.</param>
    /// <param name="account">The account, by the name in the configuration.</param>
    /// <param name="phoneNumberId">Its number.</param>
    /// <param name="nowMs">The time, for messages that tell none.</param>
    public static IReadOnlyList<WhatsAppInbound> MessagesOf(WhatsAppPost post, string account, string phoneNumberId, long nowMs) =>
    [
        .. ValuesOf(post, phoneNumberId)
            .SelectMany(value => (value.Messages ?? []).Select(message => MessageOf(message, value, account, nowMs)))
            .OfType<WhatsAppInbound>().Take(MaxMessages),
    ];

    /// <summary>Messages of a number that WhatsApp took and then could not deliver, with the reason.</summary>
    public static IReadOnlyList<(string Id, string Reason)> FailuresOf(WhatsAppPost post, string phoneNumberId) =>
    [
        .. ValuesOf(post, phoneNumberId)
            .SelectMany(value => value.Statuses ?? [])
            .Where(status => status is { Status: "failed", Id: not null })
            .Take(MaxMessages)
            .Select(status => (status.Id!, status.Errors is [var error, ..] ? $"{error.Code}: {error.Message ?? error.Title}" : "no reason given")),
    ];

    private static IEnumerable<WhatsAppValue> ValuesOf(WhatsAppPost post, string phoneNumberId) =>
        (post.Entry ?? []).SelectMany(entry => entry.Changes ?? [])
            .Where(change => change.Field == "messages" && change.Value?.Metadata?.PhoneNumberId == phoneNumberId)
            .Select(change => change.Value!);

    private static WhatsAppInbound? MessageOf(WhatsAppMessage message, WhatsAppValue value, string account, long nowMs)
    {
        if (message is not { Id: { Length: > 0 } id, From: { Length: > 0 } from } || !from.All(char.IsAsciiDigit) || TextOf(message) is not { } text)
        {
            return null;
        }

        var seconds = long.TryParse(message.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < 100_000_000_000 ? at : nowMs / 1000;
        return new WhatsAppInbound(
            new ChannelMessage(
                $"{WhatsAppChannel.ChannelName}:{account}:{from}:{id}", new Origin(WhatsAppChannel.ChannelName, account, new Peer(PeerKind.Direct, from)), from, text, seconds * 1000)
            {
                ReplyTo = new ReplyTarget(WhatsAppChannel.ChannelName, account, from),
                MessageId = id,
                SenderName = value.Contacts?.FirstOrDefault(contact => contact.WaId == from)?.Profile?.Name,
            },
            [.. FilesOf(message)]);
    }

    /// <summary>What is said, or what stands for a file without words; null where nothing is said.</summary>
    private static string? TextOf(WhatsAppMessage message)
    {
        var text = message.Text?.Body
            ?? message.Interactive?.ButtonReply?.Id ?? message.Interactive?.ListReply?.Id ?? message.Button?.Payload ?? message.Button?.Text
            ?? FilesOf(message).Select(file => file.Caption).FirstOrDefault()
            ?? (message.Image is not null ? "[photo]" : message.Audio is not null ? "[voice message]" : message.Video is not null ? "[video]"
                : message.Sticker is not null ? "[sticker]" : message.Document is not null ? "[file]" : null);
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    private static IEnumerable<WhatsAppMedia> FilesOf(WhatsAppMessage message) =>
        new[] { message.Image, message.Document, message.Audio, message.Video, message.Sticker }.OfType<WhatsAppMedia>().Where(file => file.Id is not null);
}
