using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Channels.Sidecar;

/// <summary>Makes messages of what sidecars tell. Pure.</summary>
internal static class SidecarMessages
{
    public static ChannelMessage MessageOf(SidecarMessage told, string account, long nowMs)
    {
        var kind = told.Kind switch { "group" => PeerKind.Group, "channel" => PeerKind.Channel, _ => PeerKind.Direct };
        var thread = told.Thread is { } id ? new SessionThread(id) : null;
        return new ChannelMessage(
            $"{SidecarChannel.ChannelName}:{account}:{told.Chat}:{told.Id}",
            new Origin(SidecarChannel.ChannelName, account, new Peer(kind, told.Chat)) { Thread = thread },
            told.Sender,
            told.Text,
            nowMs)
        {
            ReplyTo = new ReplyTarget(SidecarChannel.ChannelName, account, told.Chat) { Kind = kind, Thread = told.Thread },
            MessageId = told.Id,
            SenderName = told.SenderName,
            IsMention = told.Mention is true,
        };
    }

    public static IReadOnlyList<ChannelFile> FilesOf(SidecarMessage told) =>
        [.. (told.Files ?? []).Select(file => new ChannelFile(file.Name, file.MimeType, file.Content))];

    /// <summary>True for an id that may stand in a chat's or a person's place: control characters may not.</summary>
    public static bool CanBe(SidecarMessage told) =>
        !new[] { told.Id, told.Chat, told.Sender, told.Thread ?? "" }.Any(id => id.Any(char.IsControl));
}
