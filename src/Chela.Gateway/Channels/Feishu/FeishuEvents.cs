using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>A file that came with a message.</summary>
/// <param name="Type"><c>image</c>, or <c>file</c> for all others.</param>
internal sealed record FeishuFile(string MessageId, string Key, string Type, string? Name);

/// <summary>A message that was heard, and its files.</summary>
internal readonly record struct Heard(ChannelMessage Message, IReadOnlyList<FeishuFile> Files);

/// <summary>Makes messages of what Feishu tells. Pure.</summary>
internal static partial class FeishuEvents
{
    /// <summary>The event that somebody wrote.</summary>
    public const string Received = "im.message.receive_v1";

    /// <summary>The event that somebody pressed a button.</summary>
    public const string Pressed = "card.action.trigger";

    /// <summary>The message in an event, and its files; null where nobody says anything in it, or another bot does.</summary>
    /// <exception cref="JsonException">The content is none.</exception>
    public static Heard? MessageOf(FeishuReceived received, string account, FeishuBot bot)
    {
        if (received is not { Sender: { SenderType: "user", SenderId.OpenId: { Length: > 0 } sender }, Message: { MessageId: { } id, ChatId: { } chat, Content: { } json } message })
        {
            return null;
        }

        var content = JsonSerializer.Deserialize(json, FeishuJson.Default.FeishuContent)!;
        var text = Named(TextOf(message, content) ?? "", message.Mentions ?? [], bot);
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var target = new ReplyTarget(FeishuChannel.ChannelName, account, chat)
        {
            Kind = message.ChatType == "p2p" ? PeerKind.Direct : PeerKind.Group,
            Thread = message.ThreadId is null ? null : message.RootId ?? id, // an answer in a thread is one to its first message
        };
        var said = In(target, id, sender, text) with
        {
            TimestampMs = TimeOf(message),
            MessageId = id,
            IsMention = (message.Mentions ?? []).Any(mention => IsOf(mention, bot)),
        };
        return new Heard(said, FilesOf(message, id, content));
    }

    /// <summary>What is said by pressing a button; null where that cannot be told.</summary>
    /// <param name="pressed">The press.</param>
    /// <param name="id">The event's.</param>
    /// <param name="account">The account.</param>
    /// <param name="now">When it came, in Unix milliseconds.</param>
    public static Heard? MessageOf(FeishuPressed pressed, string id, string account, long now)
    {
        if (pressed is not { Operator.OpenId: { Length: > 0 } sender, Action.Value: { Command: { Length: > 0 } command } choice, Context.OpenChatId: { } chat }
            || !Enum.TryParse<PeerKind>(choice.Kind, out var kind))
        {
            return null;
        }

        var target = new ReplyTarget(FeishuChannel.ChannelName, account, chat) { Kind = kind, Thread = choice.Thread };
        return new Heard(In(target, $"press:{id}", sender, command) with { TimestampMs = now, IsMention = true }, []);
    }

    /// <summary>Something that was said in a chat.</summary>
    private static ChannelMessage In(ReplyTarget target, string id, string sender, string text)
    {
        var peer = new Peer(target.Kind, target.Kind == PeerKind.Direct ? sender : target.Chat);
        var origin = new Origin(target.Channel, target.Account, peer) { Thread = target.Thread is { } thread ? new SessionThread(thread) : null };
        return new ChannelMessage($"{target.Channel}:{target.Account}:{target.Chat}:{id}", origin, sender, text, 0) { ReplyTo = target };
    }

    private static string? TextOf(FeishuMessage message, FeishuContent content) => message.MessageType switch
    {
        "text" => content.Text,
        "post" => PostOf(content),
        "image" => "[photo]",
        "audio" => "[voice message]",
        "media" => "[video]",
        "file" => "[file]",
        _ => null,
    };

    private static string PostOf(FeishuContent post) =>
        string.Join('\n', (post.Content ?? []).Select(line => string.Concat(line.Select(Part))).Prepend(post.Title).Where(line => !string.IsNullOrEmpty(line)));

    private static string Part(FeishuElement part) => part.Tag switch
    {
        "a" => part.Text == part.Href ? part.Href ?? "" : $"[{part.Text}]({part.Href})",
        "at" => part.UserId ?? "",
        "code_block" => $"```{part.Language?.ToLowerInvariant()}\n{part.Text?.TrimEnd('\n')}\n```",
        "img" => "[photo]",
        "media" => "[video]",
        "hr" => "---",
        _ => part.Text ?? "",
    };

    /// <summary>The text with the names of people; without that of the bot in front, which only says to whom it is said.</summary>
    private static string Named(string text, IReadOnlyList<FeishuMention> mentions, FeishuBot bot)
    {
        var people = new Dictionary<string, FeishuMention>(StringComparer.Ordinal);
        foreach (var mention in mentions)
        {
            people.TryAdd(mention.Key ?? "", mention);
        }

        var start = text.AsSpan().TrimStart();
        var first = Placeholder().Match(text);
        var isAddress = first.Success && first.Index == text.Length - start.Length && people.GetValueOrDefault(first.Value) is { } whom && IsOf(whom, bot);
        var rest = isAddress ? text[(first.Index + first.Length)..].Trim() : text;
        return Placeholder().Replace(rest.Length > 0 ? rest : text, found => people.TryGetValue(found.Value, out var person) ? $"@{person.Name}" : found.Value);
    }

    private static bool IsOf(FeishuMention mention, FeishuBot bot) => mention.Id?.OpenId is { Length: > 0 } id && id == bot.OpenId;

    private static IReadOnlyList<FeishuFile> FilesOf(FeishuMessage message, string id, FeishuContent content) => message.MessageType switch
    {
        "image" when content.ImageKey is { } key => [new FeishuFile(id, key, "image", null)],
        "audio" or "media" or "file" when content.FileKey is { } key => [new FeishuFile(id, key, "file", content.FileName)],
        "post" => [.. (content.Content ?? []).SelectMany(line => line).Select(part => FileOf(part, id)).OfType<FeishuFile>()],
        _ => [],
    };

    private static FeishuFile? FileOf(FeishuElement part, string id) => part switch
    {
        { Tag: "img", ImageKey: { } key } => new FeishuFile(id, key, "image", null),
        { Tag: "media", FileKey: { } key } => new FeishuFile(id, key, "file", null),
        _ => null,
    };

    private static long TimeOf(FeishuMessage message) =>
        long.TryParse(message.CreateTime, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? milliseconds : 0;

    [GeneratedRegex("@_user_[0-9]{1,9}")]
    private static partial Regex Placeholder();
}
